"""Moving about in the noise: arithmetic on latents, paths between them, small steps around one."""

from gan_lab.latent.arithmetic import arithmetic, neighbourhood, norm, project, typical_norm
from gan_lab.latent.interpolation import lerp, slerp

__all__ = ["arithmetic", "lerp", "neighbourhood", "norm", "project", "slerp", "typical_norm"]
