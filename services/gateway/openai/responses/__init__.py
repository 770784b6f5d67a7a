"""/v1/responses: the newer form of OpenAI's API, with conversations that are kept here."""
