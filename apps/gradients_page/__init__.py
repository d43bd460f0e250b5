"""The parts of the page on loss gradients: its controls, its events, what it draws, where things stand."""
