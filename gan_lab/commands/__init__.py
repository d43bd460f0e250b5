"""What the commands do; ``gan_lab.cli`` says how they are called."""
