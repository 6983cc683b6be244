using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

var vectors = JsonDocument.Parse(File.ReadAllText(args[0])).RootElement;
JsonElement Of(JsonElement item, string name) =>
    item.TryGetProperty(name, out var own) ? own : vectors.GetProperty(name);

foreach (var item in vectors.GetProperty("cases").EnumerateArray())
{
    using var payload = Verifier.Verify(
        Encoding.UTF8.GetBytes(Of(item, "body").GetString()!),
        item.GetProperty("signature").GetString()!,
        Of(item, "secrets").EnumerateArray().Select(secret => secret.GetString()!),
        vectors.GetProperty("now").GetInt64());
    Console.WriteLine(payload is null ? "refused" : payload.RootElement.GetProperty("order_id").GetString());
}
