"""The parts of the page on Progressive GAN: models that grew, the critic's side, live training, looks."""
