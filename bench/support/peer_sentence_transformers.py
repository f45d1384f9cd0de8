"""Runs in an environment of its own, with torch: embeds each line of passages (JSON) and says how long it took."""

import json
import sys
import time

import torch  # type: ignore[import-not-found]  # installed for the peer alone
from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found]  # as above

torch.set_num_threads(1)
model = SentenceTransformer(sys.argv[1], device="cpu")
model.encode(["warm"])
for line in sys.stdin:
    passages = json.loads(line)
    began = time.process_time()
    vectors = model.encode(passages, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    seconds = time.process_time() - began
    print(json.dumps({"seconds": seconds, "vectors": vectors.tolist()}), flush=True)
