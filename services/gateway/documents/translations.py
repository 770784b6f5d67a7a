"""Sentences of an access explanation in English and Chinese."""

ACTIONS = {"ask": "提问", "read": "阅读", "write": "写入", "manage": "管理", "summarise": "汇总"}
STATUSES = {
    "received": "已接收", "parsing": "正在读取", "indexing": "正在建立索引", "indexed": "使用中", "rejected": "被拒绝",
    "removed": "已删除",
}  # fmt: skip

SENTENCES: dict[str, tuple[str, str]] = {
    "account": ("{who} has an account.", "{who} 有账号。"),
    "members": ("It is about whoever belongs to {who}, by that alone.", "这里指属于 {who} 的人，仅凭这一点。"),
    "no_account": ("There is no {who} now.", "目前没有 {who}。"),
    "names": ("Rules know them as {names}.", "规则中的名称：{names}。"),
    "grant": ("{to} may {actions} in {workspace} ({by}).", "{to} 在 {workspace} 中可以 {actions}（{by}）。"),
    "kept_out": ("{actions} in {workspace} is denied to {to}.", "已禁止 {to} 在 {workspace} 中{actions}。"),
    "by_grant": ("grant {id}", "授权 {id}"),
    "by_key": ("its key", "其密钥"),
    "by_role": ("the role admin: everywhere, all but asking", "管理员角色：所有工作区，提问除外"),
    "no_grant": ("No grant of {workspace} names them.", "{workspace} 没有给他们的授权。"),
    "denied": ("Its deny list names {names}.", "禁止名单中有 {names}。"),
    "not_denied": ("Its deny list does not name them.", "禁止名单中没有他们。"),
    "all_allowed": ("Its allow list is empty: all of the workspace.", "允许名单为空：工作区的所有人都可以。"),
    "allowed": ("Its allow list names {names}.", "允许名单中有 {names}。"),
    "not_allowed": ("Its allow list names others, not them.", "允许名单中没有他们。"),
    "withdrawn": ("It is withdrawn: nobody finds it.", "它已被撤下：没有人能找到。"),
    "not_withdrawn": ("It is not withdrawn.", "它没有被撤下。"),
    "in_force": ("It is in force now.", "它目前有效。"),
    "not_yet": ("It takes effect at {effective}.", "它自 {effective} 起生效。"),
    "no_more": ("It expired at {expires}.", "它已于 {expires} 失效。"),
    "indexed": ("Revision {revision} is indexed.", "第 {revision} 版已建立索引。"),
    "earlier": (
        "Revision {revision} is {status}; until it is indexed, the one before it is found.",
        "第 {revision} 版的状态是“{status}”；建立索引之前，仍使用上一版。",
    ),
    "not_indexed": ("It is {status}, not indexed.", "它的状态是“{status}”，尚未建立索引。"),
    "both": (
        "{who} finds “{title}” by asking and searching, and may open it.",
        "{who} 提问和搜索时能找到《{title}》，也可以打开它。",
    ),
    "finds": (
        "{who} finds “{title}” by asking and searching, but may not open it.",
        "{who} 提问和搜索时能找到《{title}》，但不能打开它。",
    ),
    "opens": (
        "{who} may open “{title}” but does not find it by asking: {why}",
        "{who} 可以打开《{title}》，但提问时找不到：{why}",
    ),
    "neither": ("{who} may not read “{title}”: {why}", "{who} 不能阅读《{title}》：{why}"),
    "no_ask": ("no grant lets them ask in {workspace}.", "没有授权允许他们在 {workspace} 中提问。"),
}
