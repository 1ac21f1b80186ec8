from __future__ import annotations

from textwrap import dedent

from reference_ws.conformance.pages.prints import PrintDifference, compare, misplaced, wanted

CODE = dedent(
    '''\
    async def app(scope, receive, send):
        for number in range(2):
            print(number)
            #> 0
            #> 1
        print(
            "a",
            "b",
        )
        #> a b
        print("")
        #>
        print(f"{1}  two  ")
        #>   1  two
        text = """
        #> no comment
        """
        if scope:
            print("unsaid")
    '''
)


def test_wanted_maps_the_line_of_each_call_to_its_lines() -> None:
    assert wanted(CODE) == {3: ["0", "1"], 6: ["a b"], 11: [""], 13: ["  1  two"], 19: []}


def test_nothing_is_wanted_of_a_snippet_that_prints_nothing() -> None:
    assert wanted("x = 1\n") == {}


def test_calls_on_one_line_share_their_lines() -> None:
    assert wanted("print(1); print(2)\n#> 1\n#> 2\n") == {1: ["1", "2"]}


def test_a_call_inside_of_another_statement_has_no_lines() -> None:
    assert wanted("x = [print(1)]\n#> 1\n") == {1: []}
    assert misplaced("x = [print(1)]\n#> 1\n") == [2]


def test_misplaced_lines_are_named() -> None:
    code = "#> first\nprint(1)  #> 1\n\n#> later\nprint(2)\n#> 2\n# note\n#> 3\n"
    assert misplaced(code) == [1, 2, 4, 8]
    assert misplaced(CODE) == []
    assert misplaced("x = 1\n#> 1\n") == [2]  # no print at all


def test_equal_output_is_no_difference() -> None:
    printed = [(3, "0"), (6, "a b"), (3, "1"), (11, ""), (13, "  1  two  ")]
    assert compare(CODE, printed) == []


def test_output_of_several_lines_has_several_marks() -> None:
    assert compare("print('a', 'b', sep='\\n')\n#> a\n#> b\n", [(1, "a\nb")]) == []


def test_other_output_differs() -> None:
    (difference,) = compare("print(1)\n#> 2\n", [(1, "1")])
    assert difference == PrintDifference(1, ("2",), ("1",))
    assert str(difference) == "line 1: expected prints ['2'], got ['1']"


def test_another_order_differs() -> None:
    code = "for n in 2, 1:\n    print(n)\n    #> 1\n    #> 2\n"
    assert compare(code, [(2, "2"), (2, "1")]) == [PrintDifference(2, ("1", "2"), ("2", "1"))]


def test_a_print_that_is_not_reached_differs() -> None:
    assert compare("print(1)\n#> 1\n", []) == [PrintDifference(1, ("1",), ())]


def test_a_print_without_marks_differs_once_it_runs() -> None:
    assert compare("print(1)\n", [(1, "1")]) == [PrintDifference(1, (), ("1",))]
    assert compare("if 0:\n    print(1)\n", []) == []


def test_a_print_too_many_differs() -> None:
    assert compare("print(1)\n#> 1\n", [(1, "1"), (1, "1")]) == [
        PrintDifference(1, ("1",), ("1", "1"))
    ]
