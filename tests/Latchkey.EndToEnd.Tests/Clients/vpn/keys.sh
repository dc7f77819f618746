#!/usr/bin/env bash
# The calls of the API's documentation, as its readers type them.
set -euo pipefail

auth="Authorization: Bearer $API_KEY"

expect() {
  grep -qF -- "$2" <<<"$1" || {
    echo "expected $2 in: $1" >&2
    exit 1
  }
}

expect "$(curl -s "$API_URL/")" '{"status":"ok","service":"veil-xray-api"}'

created=$(curl -s -X POST "$API_URL/api/keys" -H "$auth" -H "Content-Type: application/json" -d '{"name": "user_1"}')
expect "$created" '"name":"user_1"'
id=$(sed -E 's/.*"key_id":([0-9]+).*/\1/' <<<"$created")

expect "$(curl -s "$API_URL/api/keys" -H "$auth")" '"total":'
expect "$(curl -s "$API_URL/api/keys/$id" -H "$auth")" "$created"
expect "$(curl -s "$API_URL/api/keys/$id/link" -H "$auth")" '"vless_link":"vless://'
expect "$(curl -s "$API_URL/api/keys/$id/traffic" -H "$auth")" "{\"key_id\":$id,\"upload\":0,\"download\":0,\"total\":0,"
expect "$(curl -s -X POST "$API_URL/api/keys/$id/traffic/reset" -H "$auth")" '"previous_total":0'
expect "$(curl -s -X POST "$API_URL/api/traffic/sync" -H "$auth")" '"success":true'
expect "$(curl -s -X DELETE "$API_URL/api/keys/$id" -H "$auth")" "{\"success\":true,\"message\":\"Key $id deleted successfully\"}"
expect "$(curl -s -w ' %{http_code}' "$API_URL/api/keys/$id" -H "$auth")" "{\"detail\":\"Key with id $id not found\"} 404"
expect "$(curl -s -w ' %{http_code}' "$API_URL/api/keys")" ' 401'
expect "$(curl -s -o /dev/null -w '%{http_code}' -I "$API_URL/health")" '200'
