"""Verifies a delivery of a webhook with the library of Standard Webhooks, and nothing of ours.

webhook.py <secret> <headers as JSON> <body>; prints the type of the event, or exits with 1.
"""

import json
import sys

from standardwebhooks.webhooks import Webhook

secret, headers, body = sys.argv[1:]
print(Webhook(secret).verify(body, json.loads(headers))["type"])
