from gradatim.drawing.mermaid import draw_mermaid
from gradatim.network.graph import Layer, Network


def test_the_sign_of_a_weight_shows_without_color():
    text = draw_mermaid(Network([Layer([[-1.0, 2.0]], [0.0])]))
    assert 'u0_1 -.-|"\N{MINUS SIGN}1"| u1_1' in text
    assert 'u0_2 ---|"2"| u1_1' in text


def test_a_link_style_belongs_to_the_edge_of_its_number():
    text = draw_mermaid(Network([Layer([[-1.0, 2.0]], [0.0])]))
    assert "linkStyle 0 stroke:#b35806,stroke-width:2.30px" in text
    assert "linkStyle 1 stroke:#2166ac,stroke-width:4.00px" in text


def test_a_name_cannot_leave_its_label():
    text = draw_mermaid(Network([Layer([[1.0]], [0.0])], ['"]; click <b>#']))
    assert '(("#34;]; click #60;b#62;#35;"))' in text


def test_a_screen_reader_gets_title_and_equations():
    lines = draw_mermaid(Network([Layer([[0.8]], [0.4])])).splitlines()
    assert lines[1] == "  accTitle: Network 1-1 with 2 parameters"
    assert lines[2] == "  accDescr: y1 = 0.8 x1 + 0.4."
