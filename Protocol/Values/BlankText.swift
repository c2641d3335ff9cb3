extension String {
  /// Without blanks at both ends: white space of Unicode, the no-break kinds included.
  var trimmedOfBlanks: Substring {
    var rest = self[...]
    while rest.unicodeScalars.first?.properties.isWhitespace == true {
      rest.unicodeScalars.removeFirst()
    }
    while rest.unicodeScalars.last?.properties.isWhitespace == true {
      rest.unicodeScalars.removeLast()
    }
    return rest
  }
}
