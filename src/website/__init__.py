"""What the site says of itself: each figure is counted when it is built."""
