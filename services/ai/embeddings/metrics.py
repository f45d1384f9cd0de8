"""What embedding models were given to read."""

from prometheus_client import Counter

TOKENS = Counter("ai_embedding_tokens_total", "Tokens that an embedding model read.", ["model"])
