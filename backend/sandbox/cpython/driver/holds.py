# Conditions that an answer must meet. Runs once at boot, before driver.py, in its namespace.
last_answer = None  # the object that final_answer was last called with


def holds(request):
    """Evaluates an expression as a function of the answer, among the variables of the session."""
    global armed
    try:
        answer = tool_loads(request["answer"]) if "answer" in request else last_answer
        # In a function, not with answer among the locals of eval: generator expressions would not see it there.
        condition = eval(compile(f"lambda answer: (\n{request['expr']}\n)", "<check>", "eval", dont_inherit=True), names)
        armed = True
        result = bool(condition(answer))
        armed = False
    except BaseException as e:
        armed = False
        return dumps({"error": error_of(e, "<check>")})
    return dumps({"holds": result})
