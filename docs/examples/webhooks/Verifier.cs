using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

public static class Verifier
{
    private const long ToleranceSeconds = 300;

    /// <summary>The payload of an authentic webhook, or null: answer 401 then.</summary>
    /// <remarks>It may come twice: act once for each payment_id and status, and on no version below the last one.</remarks>
    /// <param name="body">The raw bytes, before any parser.</param>
    /// <param name="signature">The X-SBP-Signature header.</param>
    /// <param name="now">Unix time in seconds.</param>
    public static JsonDocument? Verify(byte[] body, string signature, IEnumerable<string> secrets, long now)
    {
        string? time = null;
        var given = new List<byte[]>();
        foreach (var part in signature[..Math.Min(signature.Length, 4096)].Split(','))
        {
            var pair = part.Trim().Split('=', 2);
            var value = pair.Length == 2 ? pair[1] : "";
            if (pair[0] == "t")
            {
                if (time is not null || !Regex.IsMatch(value, @"\A[0-9]{1,12}\z")) return null;
                time = value;
            }
            if (pair[0] == "v1" && given.Count < 8 && Regex.IsMatch(value, @"\A[0-9a-fA-F]{64}\z"))
                given.Add(Convert.FromHexString(value));
        }
        if (time is null) return null;

        var signed = Encoding.ASCII.GetBytes(time + ".").Concat(body).ToArray();
        var matches = false;
        foreach (var secret in secrets)
        {
            var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed);
            foreach (var v1 in given) matches |= CryptographicOperations.FixedTimeEquals(expected, v1);
        }
        if (!matches || Math.Abs(now - long.Parse(time)) > ToleranceSeconds) return null;
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
