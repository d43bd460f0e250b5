"""The parts of the page on latent coverage: the pairs of models, both planes, a path, a drawing, live training."""
