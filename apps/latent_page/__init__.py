"""The latent arithmetic page: state and link, vectors, events, layout, and what it draws."""
