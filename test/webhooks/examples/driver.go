package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	var vectors struct {
		Now     int64
		Body    string
		Secrets []string
		Cases   []struct {
			Signature string
			Body      string
			Secrets   []string
		}
	}
	text, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(text, &vectors)
	}
	if err != nil {
		panic(err)
	}
	for _, c := range vectors.Cases {
		if c.Body == "" {
			c.Body = vectors.Body
		}
		if c.Secrets == nil {
			c.Secrets = vectors.Secrets
		}
		if payload := verify([]byte(c.Body), c.Signature, c.Secrets, vectors.Now); payload == nil {
			fmt.Println("refused")
		} else {
			fmt.Println(payload["order_id"])
		}
	}
}
