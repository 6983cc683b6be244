import json
import sys

from verify import verify

with open(sys.argv[1], encoding="utf-8") as file:
    vectors = json.load(file)
for case in vectors["cases"]:
    body = case.get("body", vectors["body"]).encode()
    payload = verify(body, case["signature"], case.get("secrets", vectors["secrets"]), vectors["now"])
    print("refused" if payload is None else payload["order_id"])
