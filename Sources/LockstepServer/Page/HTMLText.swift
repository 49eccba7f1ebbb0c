/// Writes text into a page.
package enum HTMLText {
    /// The text, such that nothing in it is markup, in elements and in quoted attributes.
    package static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default:
                // Text that changes the direction of what follows could show another order than there is.
                switch scalar.properties.generalCategory {
                case .control, .format: escaped += "\u{FFFD}"
                default: escaped.unicodeScalars.append(scalar)
                }
            }
        }
        return escaped
    }
}
