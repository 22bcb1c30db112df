"""The demo: identities, seed and stories with invented names."""
