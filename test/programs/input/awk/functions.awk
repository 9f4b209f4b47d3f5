# Recursion, arrays by reference, string functions, arithmetic, output to files and reading back.
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
function fill(array, n,  i) { for (i = 1; i <= n; i++) array[i] = i * i; return n }
BEGIN {
  for (i = 0; i <= 20; i += 5) printf "%d ", fib(i); print ""
  n = fill(square, 300); for (i = 1; i <= n; i++) sum += square[i]; print sum, (5 in square), (301 in square)
  delete square[5]; print (5 in square)
  s = "the rain in Spain"; print match(s, /ai[a-z]/), RSTART, RLENGTH, index(s, "Spain"), length(s)
  print gsub(/ai/, "<&>", s), s; print toupper(s), substr(s, 5, 4)
  k = split("a:b::c", part, ":"); print k, part[1], part[3], part[4]
  printf "%5.2f|%-6s|%06d|%c|%x|%e|%s\n", 3.14159, "ab", 42, 65, 255, 12345.678, 1e6
  print (1e300 * 1e10 > 1e308), int(-3.7), 7 % 3, 2 ^ 10, exp(0), sqrt(16), atan2(0, -1), log(1)
  for (i = 1; i <= 100; i++) print "row " i > "rows.txt"; close("rows.txt")
  while ((getline line < "rows.txt") > 0) { rows++; last = line } close("rows.txt"); print rows, last
  print "appended" >> "rows.txt"; close("rows.txt")
  print (getline line < "absent.txt"); "x" ~ /^x$/ ? y = 1 : y = 2; print y
  do { loops++ } while (loops < 10); print loops, ENVIRON["FISH"], ARGC
}
