# A report over comma-separated fields: totals, averages, a running maximum, formatted output.
BEGIN { FS = ","; OFS = "|" }
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
{ kg = $column["kg"]; name = $column["fish"]; sum[name] += kg; n[name]++; if (kg > most) { most = kg; who = name } }
$column["kg"] > 90 { heavy++ }
/eel/ && !seen { print "first eel", NR, $0; seen = 1 }
{ $2 = "*" ; if (NR % 500 == 0) print $0 }
END {
  for (i = 1; i <= 4; i++) { name = substr("cod eel hakeray ", i * 4 - 3, 4); sub(/ +$/, "", name)
    printf "%-5s n=%4d sum=%8.2f mean=%6.3f\n", name, n[name], sum[name], n[name] ? sum[name] / n[name] : 0 }
  print most, who, heavy + 0
}
