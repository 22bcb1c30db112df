"""Status 0 when the service in this container is ready; without urllib, which would ask a proxy."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["BANCHENG_PORT"]), timeout=3)
connection.request("GET", "/readyz")
sys.exit(connection.getresponse().status != 200)
