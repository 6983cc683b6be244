<?php

require __DIR__ . '/verify.php';

$vectors = json_decode(file_get_contents($argv[1]), true);
foreach ($vectors['cases'] as $case) {
    $body = $case['body'] ?? $vectors['body'];
    $payload = verify($body, $case['signature'], $case['secrets'] ?? $vectors['secrets'], $vectors['now']);
    echo $payload === null ? 'refused' : $payload['order_id'], "\n";
}
