"""BERTopic and a pipeline in the manner of kouchou-ai, in an environment of their own.

Not a measurement: ``theme_sib`` calls it. They are installed in ``.bench/peers-themes`` from
``requirements-peers-themes.lock``, the first time; BERTopic without sentence-transformers and
torch, which only its default embedding model asks for, and that model cannot be had without a
network.

*BERTopic* 0.17 (Grootendorst 2022, arXiv:2203.05794) at its defaults: UMAP to five dimensions,
HDBSCAN with at least ten in a topic, words by c-TF-IDF. *Without outliers* is its own
``reduce_outliers`` by embeddings. *kouchou-ai* (its step ``hierarchical_clustering``): UMAP to two
dimensions at its defaults, k-means at the finest level, Ward on the centres cut upward, as many
groups as its rule says: the cube root of how many texts there are, at most ten, and the square of
that. Neither is told the number of topics. Seeds are ours: the first fixes none at its
default, and the second takes them out on purpose.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".bench" / "peers-themes"
LOCK = ROOT / "requirements-peers-themes.lock"
Vectors = npt.NDArray[np.float32]
Labels = dict[str, list[int]]


def bertopic(texts: list[str], vectors: Vectors, seed: int) -> Labels:
    """Topics, and topics without outliers."""
    umap = import_module("umap").UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed
    )
    model = import_module("bertopic").BERTopic(embedding_model=None, umap_model=umap)
    own, _ = model.fit_transform(texts, vectors)
    labels = [int(one) for one in own]
    if min(labels) == max(labels):
        return {"BERTopic": labels, "BERTopic, without outliers": labels}
    moved = model.reduce_outliers(texts, labels, strategy="embeddings", embeddings=vectors)
    return {"BERTopic": labels, "BERTopic, without outliers": [int(one) for one in moved]}


def kouchou(texts: list[str], vectors: Vectors, seed: int) -> Labels:
    """Groups at both levels of the rule."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from sklearn.cluster import KMeans

    upper = max(2, min(10, round(len(texts) ** (1 / 3))))
    lower = max(2, min(1000, upper * upper))
    flat = import_module("umap").UMAP(n_components=2, random_state=seed).fit_transform(vectors)
    groups = KMeans(lower, random_state=seed).fit(flat)
    above = fcluster(linkage(groups.cluster_centers_, "ward"), upper, "maxclust")
    return {
        "in the manner of kouchou-ai, above": above[groups.labels_].tolist(),
        "in the manner of kouchou-ai, finest": groups.labels_.tolist(),
    }


METHODS: dict[str, Callable[[list[str], Vectors, int], Labels]] = {
    "bertopic": bertopic,
    "kouchou": kouchou,
}


def python() -> Path:
    """The interpreter of the peers' environment, which is made if need be."""
    found = PEERS / "bin" / "python"
    if not (PEERS / ".installed").exists():
        print("Installing the peers, once ...", file=sys.stderr, flush=True)
        venv.create(PEERS, with_pip=True, clear=True)
        pip = (str(found), "-m", "pip", "install", "-q", "--no-deps", "--require-hashes")
        subprocess.run((*pip, "-r", str(LOCK)), check=True)
        (PEERS / ".installed").touch()
    return found


def labelled(method: str, data: Path, kind: str) -> list[dict[str, Any]]:
    """What a method finds in each sample of the data, with its CPU seconds, in one process.

    Args:
        method: of ``METHODS``.
        data: an ``npz`` with texts, vectors of that kind and ``sample-0`` and so on, places.
        kind: name of the vectors.
    """
    # Not told of HDBSCAN's and UMAP's own threads: they take what they want, as for anyone.
    done = subprocess.run(
        (str(python()), __file__, method, str(data), kind),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TQDM_DISABLE": "1"},
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b'{"cpu"')]


def main(arguments: list[str]) -> int:
    """In the peers' environment: a line of JSON for each sample."""
    method, data, kind = arguments
    with np.load(data) as arrays:
        texts, vectors = arrays["texts"].tolist(), arrays[kind]
        samples = [arrays[f"sample-{at}"] for at in range(int(arrays["samples"]))]
    for seed, places in enumerate(samples):
        begin = time.process_time()
        labels = METHODS[method]([texts[at] for at in places], vectors[places], seed)
        print(json.dumps({"cpu": time.process_time() - begin, "labels": labels}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
