"""Indexes and searches Markdown with a bare full-text library: `plain.py LIBRARY index|query PLACE WHAT`.

What is left of an indexer without links, snapshots, line numbers or a look at what changed: a measure.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path


def texts(root: str) -> Iterator[tuple[str, str]]:
    """Name and text of all Markdown files below a directory."""
    for path in sorted(Path(root).rglob("*.md")):
        yield path.stem, path.read_text()


def tantivy_index(place: str, root: str) -> None:
    """Make an index with the Rust library."""
    tantivy = import_module("tantivy")
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("name", stored=True)
    builder.add_text_field("body")
    writer = tantivy.Index(builder.build(), path=place).writer()
    for name, body in texts(root):
        writer.add_document(tantivy.Document(name=name, body=body))
    writer.commit()
    writer.wait_merging_threads()


def tantivy_query(place: str, words: str) -> list[str]:
    """The names of the ten best files that hold all words."""
    index = import_module("tantivy").Index.open(place)
    query = index.parse_query(" AND ".join(words.split()), ["name", "body"])
    searcher = index.searcher()
    return [searcher.doc(address)["name"][0] for _, address in searcher.search(query, 10).hits]


def whoosh_index(place: str, root: str) -> None:
    """Make an index with the library of pure Python."""
    fields = import_module("whoosh.fields")
    schema = fields.Schema(name=fields.TEXT(stored=True), body=fields.TEXT)
    writer = import_module("whoosh.index").create_in(place, schema).writer()
    for name, body in texts(root):
        writer.add_document(name=name, body=body)
    writer.commit()


def whoosh_query(place: str, words: str) -> list[str]:
    """The names of the ten best files that hold all words."""
    index = import_module("whoosh.index").open_dir(place)
    query = import_module("whoosh.qparser").MultifieldParser(["name", "body"], index.schema).parse(words)
    with index.searcher() as searcher:
        return [hit["name"] for hit in searcher.search(query, limit=10)]


def main(library: str, what: str, place: str, argument: str) -> None:
    """Do what the command line says."""
    if what == "index":
        {"tantivy": tantivy_index, "whoosh": whoosh_index}[library](place, argument)
    else:
        found = {"tantivy": tantivy_query, "whoosh": whoosh_query}[library](place, argument)
        sys.stdout.write("".join(f"{name}\n" for name in found))


if __name__ == "__main__":
    main(*sys.argv[1:])
