"""Topic files that entries move to, and the lines that point at them."""
