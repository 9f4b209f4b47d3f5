# Totals by city over the generated people, the three largest, and some shape of the rest.
{ people: length,
  cities: (group_by(.city) | map({ city: .[0].city, n: length, mean: (map(.score) | add / length | floor) })
    | sort_by(-.n, .city) | .[0:3]),
  tags: ([.[].tags[]] | unique),
  deepest: (map(.nested.level) | max),
  odd: (map(select(.id % 2 == 1)) | length),
  names: (map(.name) | unique | length) }
