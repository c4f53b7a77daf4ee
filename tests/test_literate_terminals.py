"""Terminals of pages: what is green there is true, what is red says why."""

import pytest

from project import Project

# Lines of a terminal in which all is as it should be.
GOOD = [
    "$ mkdir sub\n$ cd sub && export NAME='Ada L'\n"
    "$ basename $(pwd); echo $NAME\nsub\nAda L\n"
    "$ cd - > /dev/null\n$ ls\nsub\n$ unset NAME\n$ echo ${NAME:-gone}\ngone",
    "$ cd / && false\n[1]\n$ echo $? $(pwd)\n1 /\n$ echo $?\n0",
    "$ (cd /; pwd)\n/\n$ (cd / && sleep 60) &\n$ test $(pwd) != /",
    "$ cd / && cat &\n$ fg\ncd / && cat\n< Hello\nHello\n^D\n$ test $PWD != /",
    "$ mkdir bin\n"
    "$ printf 'export PATH=\"$PWD/bin:$PATH\"\\n' > bin/activate\n"
    "$ printf '#!/bin/sh\\necho Hello\\n' > bin/hello; chmod +x bin/hello\n"
    "$ . bin/activate\n$ hello\nHello",
    "$ for n in 1 2\n> do\n>   echo $n\n> done\n1\n2",
    "$ cat <<END\n> It's here\n>\n> END\nIt's here\n\\",
    "$ echo a \\\n> b\na b\n$ echo 'one\n> two'\none\ntwo",
    "$ echo a &&\n> echo b\na\nb\n$ cat <<'END'\n> X=1 {a,b}\n> END\nX=1 {a,b}",
    "$ echo '#' \"# no\" # it's a comment &\n# # no\n$ # nothing",
    "$ echo '&' \\&\n& &\n$ echo a | tr a b && echo c\nb\nc",
    "$ sleep 60\n^C\n$ sleep 60\n^C \n[130]\n$ sleep 60 &\n$ fg \nsleep 60\n^C",
    "$ printf 'a\\r\\nb\\n'\na\nb",
    "$ seq 30000\n...\n30000\n$ seq 3\n1\n...",
    "$ printf 'x\\na\\nb\\na\\nc\\n'\n...\na\nc",
    "$ printf 'x\\na\\nb\\n'; sleep 0.3; printf 'a\\nc\\n'\n...\na\nc",
    "$ seq 3; cat\n...\n< four\nfour\n^D\n$ printf '  a\\nb\\n'\n  ...",
    "$ yes | head -c 3000000 | tr -d '\\n'\ny...y",
    "$ printf '$ x\\n< y\\n^C\\n[3]\\n\\\\ z\\n...\\n10%%\\r1\\na  \\n'\n"
    "\\ $ x\n\\ < y\n\\ ^C\n\\ [3]\n\\ \\\\ z\n\\ ...\n\\ 10%\\r1\n\\ a \\x20",
    "$ printf '\\n a\\n\\n'\n\n a\n\\",
    "$ printf '\\342\\200\\250 \\033\\n'\n\\ \\u2028 \\x1b",
    "$ kill -0 $$",
    "$ (cd /; read X; echo $X)\n< a\na\n$ echo b | read X\n$ seq 2 | while read X; do echo $X; done\n1\n2",
]


def write(project: Project, pages: list[str]) -> None:
    project.page.unlink()
    for number, lines in enumerate(pages):
        lines = lines.replace("\n", "\n   ")
        page = project.page.with_name(f"{number}.rst")
        page.write_text(f".. terminal:: one\n   :timeout: 9\n\n   {lines}\n")


def test_good_terminals(project: Project) -> None:
    write(project, GOOD)
    printed = project.run("-n", "2")
    assert f"{len(GOOD)} passed" in printed, printed


LOST = "would hold for the commands after it too, and here it does not: write"
BASH = "is bash's, and commands run in /bin/sh: write"
JOBS = "a terminal's jobs have no numbers: write `$ fg`"

# Lines that are wrong, the line of the page, and what is said.
BAD = [
    ("$ cat\n^C\n[3]", 6, "`cat` ended after `^C` with status 130: if it"),
    ("$ sleep 60\n^C\n^C", 6, "`sleep 60` has ended, and no key reaches it"),
    ("$ true\n^C", 5, "`true` has ended, and no key reaches it"),
    ("$ true\n< a", 5, "`true` has ended, and no key reaches it"),
    ("$ true\n^D", 5, "`true` has ended, and no key reaches it"),
    ("$ true\n[0]\n[5]", 6, "nothing runs in terminal 'one'"),
    ("$ echo next\nnext\n$ exit 3 &\n$ true", 6, "`exit 3 &` ended by itself"),
    ("$ exit 3 &\n$ fg", 5, "`exit 3 &` has ended before `fg`, with status 3"),
    ("$ cd nowhere 2> out", 4, "`cd nowhere 2> out` ended by itself"),
    ("$ cd / && kill $$\n[143]", 4, "nobody knows what `cd / && kill $$`"),
    ("$ mkdir a\n$ cd a\n$ rmdir ../a\n$ ls", 7, "`ls` cannot start: [Errno"),
    ("$ X=1; echo $X\n1", 4, f"`X=` {LOST} `export X=...`"),
    ("$ true && umask 077", 4, f"`umask` {LOST} `(true && umask 077)`"),
    ("$ read X", 4, "what `read` reads would hold for the commands after it"),
    ("$ true && read X", 4, "what `read` reads would hold for the commands"),
    ("$ f() { echo a; }", 4, "a function lasts for one command here"),
    ("$ ls {a,b}", 4, f"`{{a,b}}` {BASH} `bash -c '...'`"),
    ("$ true; ((x = 1))", 4, f"`((` {BASH} `bash -c '...'`"),
    ("$ source x", 4, f"`source` {BASH} `. FILE`"),
    ("$ if [[ a ]]; then :; fi", 4, f"`[[` {BASH}"),
    ("$ echo -e x", 4, "each shell's `echo` prints something else"),
    ("$ kill %1", 4, JOBS),
    ("$ wait", 4, JOBS),
    ("$ fg 1", 4, JOBS),
    ("$ python3 -q", 4, "a terminal does not play Python's prompt yet"),
    ("$", 4, "a command is missing: write `$ COMMAND`"),
    ("$ &", 4, "a command is missing: write `$ COMMAND`"),
    ("$ echo a \\\nb", 5, "a shell asks for more after `echo a \\`"),
    ("$ cat <<END\n> a", 5, "a shell asks for more after `cat <<END"),
    ("# whoami\nroot", 4, "nothing runs in terminal 'one': write a line"),
    ("$ true\n(env) ada@host:~$ ls", 5, "expected '(env) ada@host:~$ ls', got "
     "nothing: `true` ended; if you type that, write `$ ls`"),
    ("$ true\n^Z", 5, "expected '^Z', got nothing: `true` ended; the keys are"),
    ("$ printf '[3]\\n'\n[3]", 5, "expected nothing more of `printf '[3]\\n'`, "
     "got '[3]': write it as `\\ [3]`"),
    ("$ printf 'a\\rb\\n'\nb", 5, "expected 'b', got 'a\\rb': write it as `\\ "
     "a\\rb`"),
    ("$ printf 'a\\n\\n'\na", 5, "expected nothing more of `printf 'a\\n\\n'`, "
     "got '': write it as `\\`"),
    ("$ printf 'a\\nb\\nc\\n'\na\n...\nd", 7, "expected 'd', got nothing"),
    ("$ true\n...", 5, "expected '...', got nothing: `true` ended"),
    ("$ printf ' a\\n'\n  ...", 5, "expected '  ...', got ' a'"),
    ("$ seq 3; cat\n...\n< 4\n5\n^D", 7, "expected '5', got '4'"),
    ("$ nc -z localhost 8000 || echo $((8000 * 2))\n16000", 5, "expected "
     "'16000', got "),
    ("$ python3 -c '\n> print(1)\n> '\n2", 7, "expected '2', got '1'\n"
     "`python3 -c ' ...` said:\n    1\n"),
]  # fmt: skip


def test_bad_terminals(project: Project) -> None:
    write(project, [lines for lines, _, _ in BAD])
    printed = project.run("-n", "2")
    for number, (_, line, message) in enumerate(BAD):
        assert f"\ndocs/{number}.rst:{line}: {message}" in printed
    assert f"{len(BAD)} failed in" in printed
    assert "(8000 is a port of this page: " in printed


# The same, of programs that do not end: each takes the whole timeout.
ENDLESS = [
    ("$ echo '[3]'; cat\n[3]\n^C", 5, "expected nothing more of `echo '[3]'; "
     "cat`, got '[3]': write it as `\\ [3]`"),
    ("$ cat", 4, "`cat` still runs after 0.5 s: end it with a line `^C`"),
    ("$ sh -c 'trap \"\" INT; echo up; read x'\nup\n^C", 6, "`sh -c 'trap \"\""
     " INT; echo up; read x'` still runs after 0.5 s: `^C` does not end it"),
    ("$ printf 'Name? '; cat\nName? Ada", 5, "expected 'Name? Ada', got "
     "nothing for 0.5 s, but 'Name? '\n"),
    ("$ printf 'Password: '; cat\nx", 5, "expected 'x', got nothing for 0.5 s,"
     " but 'Password: ': a terminal does not type passwords yet\n"),
    ("$ cat &\n$ nc localhost 9527", 5, "expected a program that listens on "
     "port 9527, got none for 0.5 s (programs in Python tell that they"),
]  # fmt: skip


def test_endless_terminals(project: Project) -> None:
    write(project, [lines for lines, _, _ in ENDLESS])
    for page in project.page.parent.iterdir():
        page.write_text(page.read_text().replace(": 9", ": 0.5"))
    printed = project.run("-n", "2")
    for number, (_, line, message) in enumerate(ENDLESS):
        assert f"\ndocs/{number}.rst:{line}: {message}" in printed
    assert f"{len(ENDLESS)} failed in" in printed


def test_long_outputs_are_shown_in_part(project: Project) -> None:
    write(project, [f"$ echo {'x' * 400}\ny"])
    project.page.with_name("lines.rst").write_text(
        '.. code-block:: python\n\n   print(*range(1, 101), sep="\\n")\n\n'
        ".. output::\n\n   2\n"
    )
    printed = project.run()
    assert "\n    30\n    (and 40 lines more)\n    71\n" in printed
    assert f"got '{'x' * 300}' and 100 characters more\n" in printed


pytestmark = pytest.mark.once
