"""The texts of the page in English and Chinese."""

SPOKEN = {
    "title": ("Evaluation of {0}", "{0} 的检索评测"),
    "asked": ("{0} questions", "{0} 个问题"),
    "recall@1": ("recall@1", "召回率@1"),
    "recall@5": ("recall@5", "召回率@5"),
    "recall@10": ("recall@10", "召回率@10"),
    "mrr": ("MRR", "MRR"),
    "ndcg@10": ("nDCG@10", "nDCG@10"),
    "without": ("without a hit", "未命中"),
    "leg": ("search", "检索方式"),
    "language": ("language", "语言"),
    "fused": ("fused", "综合"),
    "dense": ("dense (meaning)", "向量（语义）"),
    "bm25": ("BM25 (words)", "BM25（字词）"),
    "all": ("all", "全部"),
    "zh": ("Chinese", "中文"),
    "en": ("English", "英文"),
    "curve": ("Recall by depth", "各深度的召回率"),
    "histogram": ("Share of the questions by rank (—: not found)", "首个命中的名次分布（—：未找到）"),
    "languages": ("Recall@5 by language", "各语言的召回率@5"),
    "depth": ("passages looked at", "查看的段落数"),
    "rank": ("rank of the first hit", "首个命中的名次"),
    "misses": ("Not among the first five: {0}", "未进入前五名：{0}"),
    "question": ("question", "问题"),
    "expected": ("should be found in", "应当出现在"),
    "instead": ("what came first instead", "排在第一的却是"),
    "ranks": ("rank: fused · dense · BM25", "名次：综合 · 向量 · BM25"),
    "page": ("page {0}", "第 {0} 页"),
    "nothing": ("nothing was found", "没有找到任何内容"),
    "everything": ("All questions", "全部问题"),
    "unknown": ("Documents that are not in this workspace: {0}", "此工作区中没有的文档：{0}"),
    "against": ("Against the run of {0}", "与 {0} 的评测相比"),
    "before": ("rank before", "此前名次"),
    "now": ("rank now", "现在名次"),
    "none": ("All of them are among the first five.", "全部进入前五名。"),
    "same": ("No rank has changed.", "名次没有变化。"),
    "near": (
        "A passage is a hit when it is of the document, and of its page ± {0} where one is given.",
        "段落属于指定文档即为命中；给出页码时，须在该页 ± {0} 页之内。",
    ),
}


def both(name: str, *given: object) -> list[tuple[str, str]]:
    """The class of each language, and its words."""
    words = SPOKEN.get(name, (name, name))
    return [(tag, text.format(*given)) for tag, text in zip(("en", "zh"), words, strict=True)]
