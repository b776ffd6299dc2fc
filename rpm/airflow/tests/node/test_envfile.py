import unittest

from airflow_appliance.node import envfile


class Parse(unittest.TestCase):
    def values(self, text):
        values, problems = envfile.parse(text)
        self.assertEqual([], problems)
        return values

    def test_plain_lines_comments_and_blanks(self):
        self.assertEqual({"A": "1", "B": "x=y#z"}, self.values("# c\n; c\n\n A=1 \nB=x=y#z\n"))

    def test_quotes_keep_blanks_and_hide_the_other_quote(self):
        self.assertEqual({"A": " a'b ", "B": ' c"d '}, self.values("A=\" a'b \"\nB=' c\"d '\n"))

    def test_backslashes(self):
        self.assertEqual({"A": "a b", "B": 'q"\\$n\\n', "C": "\\x"}, self.values('A=a\\ b\nB="q\\"\\\\\\$n\\n"\nC=\'\\x\'\n'))

    def test_a_backslash_at_the_end_joins_the_next_line(self):
        self.assertEqual({"A": "12", "B": "3"}, self.values("A=1\\\n2\nB=3"))

    def test_what_is_wrong_is_told_by_line_without_the_value(self):
        values, problems = envfile.parse("A=1\nhunter2\n1B=2\nC=\"x\nA=3\n")
        self.assertEqual({"A": "3"}, values)
        self.assertEqual(
            [
                "line 2: is not KEY=VALUE",
                "line 3: is not KEY=VALUE",
                'C: line 4: has no closing "',
                "A: line 5: is set a second time; keep one of the lines",
            ],
            problems,
        )

    def test_what_is_rendered_is_read_back(self):
        values = {"A": "", "B": " a\"b'c\\d$e`f # ", "C": "ü=%40"}
        self.assertEqual(values, self.values(envfile.render(values)))

    def test_a_line_break_is_never_rendered(self):
        with self.assertRaises(ValueError):
            envfile.render({"A": "1\nB=2"})


if __name__ == "__main__":
    unittest.main()
