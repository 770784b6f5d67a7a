"""Questions that a clock or a machine asks, under the rights of who set them up; answers are delivered."""
