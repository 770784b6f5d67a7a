"""Questions that documents answer or nobody: what the meaning of a named query is held against."""

QUESTIONS = """
请假流程怎么走？
报销制度里餐费的上限是多少？
保密协议的期限是几年？
设备操作前要做哪些安全检查？
新员工培训包括哪些内容？
合同违约金是怎么规定的？
质量手册对不合格品的处理要求是什么？
办公电脑的密码要求是什么？
年终奖是怎么计算的？
加班费的标准是什么？
谁负责审批采购合同？
怎么申请出差？
公司的愿景是什么？
采购招标需要几家供应商报价？
产品的保修期有多长？
润滑油多久更换一次？
机器的额定功率是多少？
这份合同什么时候签署的？
会议室怎么预订？
发票抬头应该怎么写？
试用期工资怎么算？
客户投诉的处理时限是多少？
你好，你能做什么？
今天天气怎么样？
把这句话翻译成英文
写一首关于春天的诗
How do I request vacation?
What does the contract say about termination?
Who approves travel expenses?
What is the warranty period of the product?
Which safety shoes have to be worn?
How often is the filter changed?
What is the password policy?
Describe the onboarding process.
When was the agreement signed?
What are the payment terms of the supplier?
How is the annual bonus calculated?
What is the maximum operating pressure of this pump?
How long are personnel files kept?
What does clause seven say?
Whom do I call about a broken laptop?
Explain the quality policy.
Write a poem about the sea.
What can you do?
Translate this text.
Who founded the company?
""".strip().splitlines()
