"""What the rules need to know of C++ text: code without comments and strings, and functions.

    code = blank(text)                    comments and strings are blanks, every line stays in place
    for first, last in functions(code):   lines of each function, from its signature to its brace
"""
import re

_RAW = re.compile(r'(?:u8|[uUL])?R"([^()\\\s]{0,16})\(')
_WORD = re.compile(r"\w")
_TYPE = re.compile(r"^(?:(?:export|static|constexpr|const|inline|typedef|extern)\s+)*"
                   r"(?:class|struct|union|enum)\b")
_TEMPLATE = re.compile(r"^\s*(?:template\s*<)")
# A header that ends with a name after `) : ` or `, ` is in a constructor's list of members.
_MEMBERS = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:).*?[\w>]\s*$", re.S)


def _blanks(text):
    return "".join("\n" if c == "\n" else " " for c in text)


def _literal_end(text, start):
    """The index after the string or character that begins at `start`."""
    quote = text[start]
    at = start + 1
    while at < len(text) and text[at] != quote and text[at] != "\n":
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text))


def blank(text):
    """The text with comments and the contents of strings blanked out. Lines stay where they are.

    The quotes of an #include stay, since its path is code.
    """
    out = []
    at = 0
    while at < len(text):
        raw = _RAW.match(text, at)
        before = text[at - 1] if at else "\n"
        if text.startswith("//", at):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
        elif text.startswith("/*", at):
            end = text.find("*/", at + 2)
            end = len(text) if end < 0 else end + 2
        elif raw and not _WORD.match(before):
            end = text.find(")" + raw.group(1) + '"', raw.end())
            end = len(text) if end < 0 else end + len(raw.group(1)) + 2
        elif text[at] == '"' and text[text.rfind("\n", 0, at) + 1:at].lstrip().startswith("#"):
            end = _literal_end(text, at)
            out.append(text[at:end])
            at = end
            continue
        elif text[at] == '"' or (text[at] == "'" and not re.match(r"[0-9a-fA-F]", before)):
            end = _literal_end(text, at)
            out.append(text[at] + _blanks(text[at + 1:end - 1]) + text[end - 1:end])
            at = end
            continue
        else:
            out.append(text[at])
            at += 1
            continue
        out.append(_blanks(text[at:end]))
        at = end
    return "".join(out)


def _without_template(header):
    """The header after its `template <...>`."""
    while _TEMPLATE.match(header):
        depth = 0
        for at, c in enumerate(header):
            depth += (c == "<") - (c == ">")
            if c == ">" and depth == 0:
                header = header[at + 1:]
                break
        else:
            return header
    return header.strip()


def _kind(header):
    """What a brace opens, judged by what stands before it: a space to look into (a namespace, a
    type), a function, a value, or something else."""
    header = _without_template(header)
    if re.match(r"(?:inline\s+)?namespace\b|extern\s*\"", header):
        return "space"
    if _TYPE.match(header) and not re.search(r"\)\s*(?:const|noexcept|override)*\s*$", header):
        return "space"
    if "(" not in header:
        return "other"
    last = re.search(r"(\w+)\s*$", header)
    names_member = last and last.group(1) not in ("const", "noexcept", "override", "final", "try")
    if names_member and _MEMBERS.search(header):
        return "value"
    return "function"


def functions(code):
    """Yields (first line, last line) of every function in text that blank() gave.

    What is nested in a function is part of it. Namespaces and types are looked into.
    """
    code = re.sub(r"^[ \t]*#(?:.*\\\n)*.*", lambda m: _blanks(m.group()), code, flags=re.M)
    stack = []  # the open braces: (kind, line on which what it belongs to begins)
    header, header_line, parens, line = "", 1, 0, 1
    for c in code:
        line += c == "\n"
        inside = bool(stack) and stack[-1][0] in ("function", "value")
        if c == "{":
            kind = "value" if inside or parens else _kind(header)
            stack.append((kind, header_line))
            if kind != "value":
                header = ""
        elif c == "}":
            kind, first = stack.pop() if stack else ("other", line)
            if kind == "function":
                yield first, line
            # A value in braces is a part of what stands around it.
            header = header + "()" if kind == "value" else ""
        elif inside:
            continue
        elif c == ";" and not parens:
            header = ""
        elif c == ":" and re.search(r"\b(?:public|private|protected)\s*$", header):
            header = ""
        else:
            parens += (c == "(") - (c == ")")
            if not header.strip():
                header_line = line
            header += c
