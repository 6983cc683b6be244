package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

var (
	timeForm      = regexp.MustCompile(`^[0-9]{1,12}$`)
	signatureForm = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
)

const toleranceSeconds = 300

// verify answers the payload of an authentic webhook, or nil: answer 401 then.
// body: the raw bytes; signature: the X-SBP-Signature header; now: unix time in seconds.
// It may come twice: act once for each payment_id and status, and on no version below the last one.
func verify(body []byte, signature string, secrets []string, now int64) map[string]any {
	if len(signature) > 4096 {
		signature = signature[:4096]
	}
	signed := ""
	var given [][]byte
	for _, part := range strings.Split(signature, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name == "t" {
			if signed != "" || !timeForm.MatchString(value) {
				return nil
			}
			signed = value
		}
		if name == "v1" && len(given) < 8 && signatureForm.MatchString(value) {
			v1, _ := hex.DecodeString(value)
			given = append(given, v1)
		}
	}
	if signed == "" {
		return nil
	}
	matches := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(signed + "."))
		mac.Write(body)
		expected := mac.Sum(nil)
		for _, v1 := range given {
			matches = hmac.Equal(expected, v1) || matches
		}
	}
	at, _ := strconv.ParseInt(signed, 10, 64)
	if age := now - at; !matches || age > toleranceSeconds || age < -toleranceSeconds {
		return nil
	}
	var payload map[string]any
	if json.Unmarshal(body, &payload) != nil {
		return nil
	}
	return payload
}
