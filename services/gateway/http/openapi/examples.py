"""Examples for every operation, from one value for each field: the same company, people and documents throughout."""

from typing import Any

Schema = dict[str, Any]
WHEN = "2026-11-28T09:30:00Z"
VALUES: dict[str, Any] = {
    "question": "What is the hotel limit in Europe?",
    "answer": "The hotel limit in Europe is 180 US dollars a night [1].",
    "quote": "Hotels in Europe: up to 180 US dollars a night.",
    "text": "Hotels in Europe: up to 180 US dollars a night. Breakfast is included.",
    "title": "Overseas Travel Policy.docx",
    "heading": "Hotels › Limits",
    "workspace": "finance",
    "workspaces": ["finance"],
    "document_id": "4f1d3c52a9e84b7c9d20c1a7e5b6f803",
    "query_id": "0af7651916cd43dd8448eb211c80319c",
    "conversation": "travel-2026",
    "username": "alice",
    "user_id": "alice",
    "person": "alice",
    "name": "erp",
    "owner": "person:alice",
    "principal": "person:alice",
    "who": "person:alice",
    "actor": "person:admin",
    "by": "person:admin",
    "to": "group:finance",
    "group": "finance",
    "groups": ["finance"],
    "roles": ["manager"],
    "role": "accountant",
    "actions": ["ask", "read"],
    "action": "ask",
    "password": "correct horse battery staple",
    "current": "the password until now",
    "api_token": "cl_2p4Xo7Qd…",
    "key": "cl_2p4Xo7Qd…",
    "access_token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl",
    "token_type": "bearer",
    "expires_in": 3600,
    "grant_id": "g-7c2e91",
    "secret_id": "s-19ab40",
    "schedule_id": "sch-3b7f",
    "error": "There is no workspace 'fiance' that you may ask. Check the name, or see /api/me.",
    "reason": "workspace_not_found",
    "message": "There is no model 'gpt-5' here. GET /v1/models lists them.",
    "code": "model_not_found",
    "comment": "The limit is right, and the page was the one I needed.",
    "model": "qwen3:14b",
    "media_type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "status": "indexed",
    "vectors": 0.34,
    "state": "answered",
    "source": "erp",
    "source_title": "ERP",
    "named_query": "top_products_in_stock",
    "query": "top_products_in_stock",
    "statement": "SELECT product, stock FROM inventory ORDER BY stock DESC LIMIT 5",
    "cron": "0 8 * * 1",
    "timezone": "Asia/Shanghai",
    "zone": "Asia/Shanghai",
    "opens": "08:00",
    "closes": "18:00",
    "month": "2026-10",
    "subject": "query.asked.v1",
    "stream": "QUERIES",
    "emitter": "gateway.5d2e8f31c0aa",
    "event_id": "6e4bfa31-9d1c-5f0e-8a55-1d2f6f0f2c11",
    "checkpoint": "cloister/audit\n4182\nq2Jx0c…\n\n— cloister/audit 8f1c…\n",
    "vkey": "cloister/audit+8f1c02aa+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "language": "en",
    "unit": "pcs",
    "url": "https://cloister.example.com",
    "origin": "https://erp.example.com",
    "issuer": "https://sso.example.com/realms/company",
    "agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    "address": "192.0.2.17",
    "csrf": "b3f0c7d2a1",
    "content": "What is the hotel limit in Europe?",
    "input": "What is the hotel limit in Europe?",
    "parameters": {"count": 5},
    "legs": {"dense": 0.83, "sparse": 11.2},
    "facts": {"lane": "interactive"},
    "answer_keys": {"inference": "MCowBQYDK2VwAyEA…"},
    "response_format": None,
    "logout_token": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl",
    "file": "(the file's bytes)",
    "score": 0.91,
    "formula": "answers that helped x minutes saved each",
    "prompt_tokens": 1840,
    "completion_tokens": 42,
    "total_tokens": 1882,
    "object": "list",
    "created": 1795858200,
    "owned_by": "cloister",
    "temperature": 0.2,
    "top_p": 0.9,
    "max_tokens": 512,
}  # fmt: skip
DEEPEST = 6


class Examples:
    """Makes an example for a schema; `schemas` are the document's components."""

    def __init__(self, schemas: Schema) -> None:
        self._schemas = schemas

    def add(self, operation: Schema) -> None:
        """To the body and to each JSON reply of an operation that has none yet."""
        places = [operation.get("requestBody", {}), *operation["responses"].values()]
        for kind, about in (found for place in places for found in place.get("content", {}).items()):
            if kind.endswith(("/json", "form-data", "urlencoded")) and not {"example", "examples"} & about.keys():
                about["example"] = self.of(about["schema"])
        for parameter in operation.get("parameters", []):
            if parameter.get("required") and "example" not in parameter:
                parameter["example"] = self.of(parameter["schema"], parameter["name"])

    def of(self, schema: Schema, name: str = "", deep: int = 0) -> Any:
        """One value that fits; required fields always, optional ones that have something to show."""
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[1]]
        for given in ("const", "example", "default"):
            if schema.get(given) not in (None, "", [], {}):
                return schema[given]
        if schema.get("enum"):
            return VALUES[name] if VALUES.get(name) in schema["enum"] else schema["enum"][0]
        if choices := schema.get("anyOf") or schema.get("oneOf"):
            return self.of(self._best(choices, name), name, deep)
        if "allOf" in schema:
            return self.of(schema["allOf"][0], name, deep)
        return self._plain(schema, name, deep)

    def _best(self, choices: list[Schema], name: str) -> Schema:
        """The choice that the field's own value has, else the first that is not null."""
        kinds = {str: "string", list: "array", dict: "object", int: "integer", float: "number"}
        wanted = kinds.get(type(VALUES.get(name)))
        fits = [choice for choice in choices if choice.get("type") == wanted]
        return (fits or [choice for choice in choices if choice.get("type") != "null"] or choices)[0]

    def _plain(self, schema: Schema, name: str, deep: int) -> Any:
        kind, known = schema.get("type"), VALUES.get(name)
        match kind:
            case "object" if "properties" in schema:
                return self._object(schema, deep)
            case "object":
                return known if isinstance(known, dict) else {}
            case "array":
                if isinstance(known, list) and schema.get("items", {}).get("type") == "string":
                    return known
                return [self.of(schema.get("items", {}), name.removesuffix("s"), deep + 1)] if deep < DEEPEST else []
            case "string":
                return self._string(schema, name, known)
            case "integer" | "number":
                return known if isinstance(known, int | float) else max(1, schema.get("minimum", 1))
            case "boolean":
                return bool(known)
        return known

    def _object(self, schema: Schema, deep: int) -> Schema:
        """Credentials belong into the header, and an example shows no second way."""
        required = schema.get("required", [])
        names = [
            name
            for name, about in schema["properties"].items()
            if name in required or (VALUES.get(name) is not None and name not in ("user_id", "api_token"))
        ]
        return {name: self.of(schema["properties"][name], name, deep + 1) for name in names}

    def _string(self, schema: Schema, name: str, known: Any) -> str:
        if schema.get("format") in ("date-time", "date"):
            return WHEN if schema["format"] == "date-time" else WHEN[:10]
        if schema.get("format") == "byte" or name.endswith("hash"):
            return "q83vEjRWeJA="
        return known if isinstance(known, str) else name or "text"
