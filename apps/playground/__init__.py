"""The parts of the GAN playground; everything but ``events`` and ``layout`` works without Gradio."""
