/// English names of countries, as lists of conferences write them, and their codes in ISO 3166-1.
///
/// Only names that occur; Kosovo has no code there. Korea is the south: the conferences were in
/// Seoul and Jeju.
enum CountryNames {
  static func code(_ name: String) -> String? { codes[name] }

  private static let codes: [String: String] = [
    "Argentina": "AR", "Armenia": "AM", "Australia": "AU", "Austria": "AT", "Bangladesh": "BD",
    "Belarus": "BY", "Belgium": "BE", "Bolivia": "BO", "Bosnia and Herzegovina": "BA",
    "Brazil": "BR", "Bulgaria": "BG", "Canada": "CA", "Cayman Islands": "KY", "Chile": "CL",
    "China": "CN", "Colombia": "CO", "Croatia": "HR", "Cuba": "CU", "Cyprus": "CY",
    "Czech Republic": "CZ", "Denmark": "DK", "Dominican Republic": "DO", "Egypt": "EG",
    "Estonia": "EE", "Ethiopia": "ET", "Finland": "FI", "France": "FR", "Georgia": "GE",
    "Germany": "DE", "Ghana": "GH", "Greece": "GR", "Guatemala": "GT", "Hong Kong": "HK",
    "Hungary": "HU", "Iceland": "IS", "India": "IN", "Indonesia": "ID", "Iran": "IR",
    "Ireland": "IE", "Israel": "IL", "Italy": "IT", "Jamaica": "JM", "Japan": "JP",
    "Jordan": "JO", "Kenya": "KE", "Korea": "KR", "Latvia": "LV", "Lithuania": "LT",
    "Luxembourg": "LU", "Malaysia": "MY", "Malta": "MT", "Mauritius": "MU", "Mexico": "MX",
    "Moldova": "MD", "Morocco": "MA", "Namibia": "NA", "Nepal": "NP", "Netherlands": "NL",
    "New Zealand": "NZ", "Nigeria": "NG", "North Macedonia": "MK", "Norway": "NO", "Panama": "PA",
    "Peru": "PE", "Philippines": "PH", "Poland": "PL", "Portugal": "PT", "Puerto Rico": "PR",
    "Qatar": "QA", "Romania": "RO", "Russia": "RU", "Saudi Arabia": "SA", "Scotland": "GB",
    "Serbia": "RS", "Singapore": "SG", "Slovakia": "SK", "Slovenia": "SI", "South Africa": "ZA",
    "South Korea": "KR", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "Taiwan": "TW",
    "Tanzania": "TZ", "Thailand": "TH", "Tunisia": "TN", "Turkey": "TR", "U.K.": "GB",
    "U.S.A.": "US", "Ukraine": "UA", "United Arab Emirates": "AE", "Uruguay": "UY",
    "Vietnam": "VN",
  ]
}
