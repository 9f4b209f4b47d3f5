# Word frequencies; ties are broken by the word, with a sort of our own.
{ for (i = 1; i <= NF; i++) { word = tolower($i); gsub(/[^a-z]/, "", word); if (word != "") count[word]++ } }
END {
  for (word in count) list[++n] = word
  for (i = 2; i <= n; i++) {
    held = list[i]
    for (j = i - 1; j > 0 && (count[list[j]] < count[held] || (count[list[j]] == count[held] && list[j] > held)); j--)
      list[j + 1] = list[j]
    list[j + 1] = held
  }
  printf "%d words, %d different\n", NR ? total() : 0, n
  for (i = 1; i <= 15 && i <= n; i++) printf "%-12s %6d\n", list[i], count[list[i]]
}
function total(  word, sum) { for (word in count) sum += count[word]; return sum }
