"""A small site with one of everything, built once for all tests that look at what came of it."""

from __future__ import annotations

APP = """```python
async def app(scope, receive, send):
    print("<b>&amp;</b>")
    #> <b>&amp;</b>
```
"""

TALKS = [
    """# Both are <in>.
ann> connect /room?a=<b>
  subprotocols: chat.v2, chat.v1
  cookie: a="<b>"
ann< accept chat.v2
  set-cookie: a=1
bob> connect /room
bob< accept
ann> "hi 안녕\\n<b>"
bob< b"\\x00\\xff'"
ann< {"ok": true}
bob> close 1001 "bye"
ann< close 1011|4000 | ! return
""",
    "> connect /\n< close 1000\n",
    '> connect /\n< deny 404\n  content-type: text/plain\n  body "no"\n  body b"\\x00"\n',
    "> connect /\n< accept\n> close\n",
    "> connect /\n< accept\n> disconnect\n",
    "> connect /\n  without: scheme\n< accept\n! RuntimeError\n",
    '> connect /\n< accept\n> disconnect 1005|1006\n< "x" ! OSError\n',
    '> connect /\n< accept\n> message {"type": "websocket.receive", "text": None}\n> close\n',
    "> connect /\n< accept\n> disconnect 4000\n",
    "> lifespan startup\n< complete\n",
    "> request GET /chat\n< response 426\n",
]

TALKING = f"""# A page

### A rule with `code` {{ #rule .must }}

Prose.

Source: RFC 6455, 7.4.1.

{APP}
{"".join(f"```ws{chr(10)}{talk}```{chr(10)}{chr(10)}" for talk in TALKS)}

```{{.python #rule-second}}
print(2)
#> 2
```

### A second {{ #second .may }}

Source: ours.

```python
print(1)
#> 1
```

## Clients {{ #clients }}

```{{.python .client #a-client}}
print(1)
#> 1
```

```js
console.log(1);
//> 1
```

## Tables {{ #tables }}

<!-- state-table: receive -->

<!-- state-table: send -->

<!-- close-codes -->

<!-- requirements -->

## Drawings {{ #drawings }}

<!-- state-diagram: receive -->

<!-- state-diagram: send -->

<!-- diagram: handshake -->

<!-- diagram: life -->

<!-- no table, but a remark for authors -->
"""

PLAIN = """# A page

A word, `code` and [a link](#plain).

### A rule { #plain .must }

It holds.

Source: ours.

```python
async def app(scope, receive, send):
    await receive()
    await send({"type": "websocket.close"})  # <goodbye>
```

```ws
# Told at once.
> connect /
< close 1000
```

The same code in another language:

```text
async def app(scope, receive, send):
    await receive()
    await send({"type": "websocket.close"})  # <goodbye>
```

    plain   code
"""

SAMPLE = {"index": PLAIN, "page": TALKING}
