"""A strict stand-in for Bedrock's InvokeModel with Titan Text Embeddings V2: it refuses what Bedrock refuses."""

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

MODEL_ID = "amazon.titan-embed-text-v2:0"
REGION = "eu-central-1"
_CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 Credential=\w+/\d{8}/([\w-]+)/([\w-]+)/aws4_request, SignedHeaders=\S+host\S*"
)


@dataclass
class FakeTitan:
    """The endpoint; what it was asked, and how it misbehaves next."""

    texts: list[str] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    throttle: int = 0
    """So many calls are refused for their number."""
    gate: asyncio.Event | None = None
    """Calls wait for it."""
    answer: Response | None = None
    """Given in place of every answer."""

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/model/{model}/invoke", self._invoke, methods=["POST"])])

    async def _invoke(self, request: Request) -> Response:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            content = await request.body()
            if self.gate is not None:
                await self.gate.wait()
            return self._refusal(request) or self._answer(request, content)
        finally:
            self.under_way -= 1

    def _refusal(self, request: Request) -> Response | None:
        signed = _CREDENTIAL.match(request.headers.get("authorization", ""))
        if signed is None or "x-amz-date" not in request.headers:
            return _error(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
        if signed[2] != "bedrock":
            return _error(
                403, "InvalidSignatureException", "Credential should be scoped to correct service: 'bedrock'."
            )
        if signed[1] != REGION:
            return _error(403, "InvalidSignatureException", "Credential should be scoped to a valid region.")
        if self.throttle:
            self.throttle -= 1
            return _error(429, "ThrottlingException", "Too many requests, please wait before trying again.")
        return self.answer

    def _answer(self, request: Request, content: bytes) -> Response:
        if request.path_params["model"] != MODEL_ID:
            return _invalid("The provided model identifier is invalid.")
        if request.headers.get("content-type") != "application/json":
            return _invalid("The request content type is invalid.")
        body = json.loads(content)
        text, tokens = body.get("inputText"), _tokens(body.get("inputText"))
        complaint = _complaint(body, tokens)
        if complaint is not None:
            return _invalid(complaint)
        self.texts.append(text)
        embedding = vector_of(text, body.get("dimensions", 1024), normalize=body.get("normalize", True))
        return JSONResponse(
            {"embedding": embedding, "inputTextTokenCount": tokens, "embeddingsByType": {"float": embedding}},
            headers={"x-amzn-bedrock-input-token-count": str(tokens)},
        )


def _complaint(body: Mapping[str, Any], tokens: int) -> str | None:
    malformed = "Malformed input request: {}, please reformat your input and try again."
    text = body.get("inputText")
    if unknown := body.keys() - {"inputText", "dimensions", "normalize", "embeddingTypes"}:
        return malformed.format(f"#: extraneous key [{min(unknown)}] is not permitted")
    if not isinstance(text, str) or not text:
        return malformed.format("expected minLength: 1, actual: 0")
    if len(text) > 50_000:
        return malformed.format(f"expected maxLength: 50000, actual: {len(text)}")
    if body.get("dimensions", 1024) not in {256, 512, 1024}:
        return malformed.format(f"#/dimensions: {body['dimensions']} is not a valid enum value")
    if tokens > 8192:
        return f"400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: {tokens} "
    return None


def _tokens(text: object) -> int:
    """As many as any tokenizer could make of it: one for each byte of a word."""
    return sum(len(word.encode()) for word in re.findall(r"\S+", str(text)))


def vector_of(text: str, dimensions: int, *, normalize: bool = True) -> list[float]:
    """Near for texts with the same words."""
    vector = np.zeros(dimensions)
    for word in re.findall(r"\w+", text.lower()) or [text]:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little")
        vector += np.random.default_rng(seed).standard_normal(dimensions)
    return [float(number) for number in (vector / np.linalg.norm(vector) if normalize else vector)]


def _invalid(message: str) -> Response:
    return _error(400, "ValidationException", message)


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"message": message}, status_code=status, headers={"x-amzn-errortype": code})
