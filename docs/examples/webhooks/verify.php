<?php

/**
 * The payload of an authentic webhook, or null: answer 401 then.
 * It may come twice: act once for each payment_id and status, and on no version below the last one.
 *
 * $body: file_get_contents('php://input'); $signature: $_SERVER['HTTP_X_SBP_SIGNATURE'] ?? '';
 * $now: unix time in seconds.
 */
function verify(string $body, string $signature, array $secrets, ?int $now = null, int $tolerance = 300): ?array
{
    $time = null;
    $given = [];
    foreach (explode(',', substr($signature, 0, 4096)) as $part) {
        [$name, $value] = array_pad(explode('=', trim($part), 2), 2, '');
        if ($name === 't') {
            if ($time !== null || !preg_match('/\A[0-9]{1,12}\z/', $value)) {
                return null;
            }
            $time = $value;
        }
        if ($name === 'v1' && count($given) < 8 && preg_match('/\A[0-9a-fA-F]{64}\z/', $value)) {
            $given[] = strtolower($value);
        }
    }
    if ($time === null) {
        return null;
    }
    $matches = false;
    foreach ($secrets as $secret) {
        $expected = hash_hmac('sha256', $time . '.' . $body, $secret);
        foreach ($given as $v1) {
            $matches = hash_equals($expected, $v1) || $matches;
        }
    }
    if (!$matches || abs(($now ?? time()) - (int) $time) > $tolerance) {
        return null;
    }
    $payload = json_decode($body, true);
    return is_array($payload) ? $payload : null;
}
