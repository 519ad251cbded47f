from gradatim.drawing.dot import draw_dot
from gradatim.drawing.layout import place
from gradatim.network.graph import Layer, Network

NETWORK = Network([Layer([[-1.0], [1.0]], [50.0, -100.0], "step"), Layer([[1.0, 1.0]], [-1.0])])


def test_units_lie_where_the_placement_puts_them():
    placement = place(NETWORK)
    dot = draw_dot(NETWORK)
    for unit in placement.units:
        x, y = unit.center[0] / 72, (placement.height - unit.center[1]) / 72
        start = f'  "{unit.layer}.{unit.index + 1}" ['
        [line] = [k for k in dot.splitlines() if k.startswith(start)]
        position = line.partition('pos="')[2].partition("!")[0]
        assert [round(float(k), 2) for k in position.split(",")] == [round(x, 2), round(y, 2)]


def test_the_sign_of_a_weight_shows_without_color():
    edges = [line for line in draw_dot(NETWORK).splitlines() if " -> " in line]
    assert ["style=dashed" in line for line in edges] == ["\N{MINUS SIGN}" in k for k in edges]
    assert sum("style=dashed" in line for line in edges) == 1


def test_quotes_and_backslashes_of_a_name_end_nothing():
    dot = draw_dot(Network([Layer([[1.0]], [0.0])], ['a"b\\n']))
    assert r'label="a\"b\\n"' in dot
