# Serves tenant.metrics() by HTTP, as Prometheus scrapes it: serve_metrics.py PORT DSN
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg2

connection = psycopg2.connect(sys.argv[2])
connection.autocommit = True
connection.set_client_encoding('UTF8')


class Metrics(BaseHTTPRequestHandler):
    def do_GET(self):
        with connection.cursor() as cursor:
            cursor.execute('SELECT tenant.metrics(findings => true)')
            body = cursor.fetchone()[0].encode()
        self.send_response(200)
        self.send_header('Content-Type', 'application/openmetrics-text; version=1.0.0; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


HTTPServer(('127.0.0.1', int(sys.argv[1])), Metrics).serve_forever()
