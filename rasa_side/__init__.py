"""What runs inside Rasa's own environment (Python 3.10): its working memory and its channel."""
