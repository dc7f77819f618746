import assert from 'node:assert/strict';
import { apiKey, base, client } from './setup.mjs';

const token = await client.getAccessToken();
assert.equal(token.tokenType, 'Bearer');
assert.equal(token.expiresIn, 3600);
assert.ok(token.refreshToken.length > 0);

const bearer = await fetch(`${base}/videos`, { headers: { authorization: `Bearer ${token.accessToken}` } });
assert.equal(bearer.status, 200);

// As the browser uploader does it: a text body, without saying that it is JSON.
const refresh = await fetch(`${base}/auth/refresh`, { method: 'POST', body: JSON.stringify({ refreshToken: token.refreshToken }) });
assert.equal(refresh.status, 200);
assert.equal(refresh.headers.get('content-type'), 'application/json');

const reused = await fetch(`${base}/auth/refresh`, { method: 'POST', body: JSON.stringify({ refreshToken: token.refreshToken }) });
assert.equal(reused.status, 400);

const wrong = await fetch(`${base}/videos`, { headers: { authorization: `Basic ${btoa(`${apiKey}x:`)}` } });
assert.equal(wrong.status, 401);
assert.match((await wrong.json()).type, /authentication-invalid-api-key$/);
