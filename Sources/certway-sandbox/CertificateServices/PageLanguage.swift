// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The words of the pages in one language of the server.
///
/// English words are the tokens that clients look for (wire/adcs-http.md section 4). The others are the sandbox's own
/// translations: real servers differ between versions, so a client that depends on them is wrong anyway.
enum PageLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case german = "de"
    case french = "fr"

    var issuedTitle: String { pick("Certificate Issued", "Zertifikat ausgestellt", "Certificat émis") }
    var issued: String {
        pick(
            "The certificate you requested was issued to you.",
            "Das angeforderte Zertifikat wurde für Sie ausgestellt.",
            "Le certificat que vous avez demandé vous a été délivré.")
    }
    var download: String {
        pick("Download certificate", "Download des Zertifikats", "Télécharger le certificat")
    }
    var downloadChain: String {
        pick("Download certificate chain", "Download der Zertifikatkette", "Télécharger la chaîne de certificats")
    }
    var authorityCertificate: String {
        pick("CA certificate", "Zertifizierungsstellenzertifikat", "Certificat d’autorité")
    }
    var pendingTitle: String { pick("Certificate Pending", "Zertifikat steht aus", "Certificat en attente") }
    var pending: String {
        pick(
            "Your certificate request has been received. However, you must wait for an\r\nadministrator to issue the "
                + "certificate you requested.",
            "Ihre Zertifikatanforderung wurde empfangen. Sie müssen jedoch warten, bis ein\r\nAdministrator das "
                + "angeforderte Zertifikat ausstellt.",
            "Votre demande de certificat a été reçue. Toutefois, vous devez attendre qu’un\r\nadministrateur délivre le "
                + "certificat que vous avez demandé.")
    }
    var stillPending: String {
        pick(
            "Your certificate request is still pending. You must wait for an administrator to issue it.",
            "Ihre Zertifikatanforderung steht noch aus. Ein Administrator muss sie noch bewilligen – bitte später prüfen.",
            "Votre demande de certificat est toujours en attente.")
    }
    var deniedTitle: String {
        pick("Certificate Request Denied", "Zertifikatanforderung abgelehnt", "Demande de certificat refusée")
    }
    var denied: String {
        pick(
            "Your certificate request was denied.", "Ihre Zertifikatanforderung wurde abgelehnt.",
            "Votre demande de certificat a été refusée.")
    }
    var errorTitle: String { pick("Error", "Fehler", "Erreur") }
    var dispositionLabel: String {
        pick("Disposition message:", "Dispositionsmeldung:", "Message de disposition\u{A0}:")
    }
    var underSubmission: String {
        pick("Taken Under Submission", "Zur Übermittlung angenommen", "Soumission acceptée")
    }
    var propertyEmpty: String {
        pick(
            "The requested property value is empty", "Der angeforderte Eigenschaftswert ist leer",
            "La valeur de la propriété demandée est vide")
    }
    var deniedBy: String { pick("Denied by", "Verweigert von", "Refusée par") }
    var deniedByPolicy: String {
        pick("Denied by Policy Module ", "Vom Richtlinienmodul abgelehnt ", "Refusée par le module de stratégie ")
    }
    var parseError: String {
        pick("Error Parsing Request ", "Fehler beim Analysieren der Anforderung ", "Erreur d’analyse de la demande ")
    }
    var welcome: String { pick("Welcome", "Willkommen", "Bienvenue") }
    var templateLabel: String { pick("Certificate Template:", "Zertifikatvorlage:", "Modèle de certificat\u{A0}:") }

    func requestID(_ id: Int) -> String {
        pick("Your Request Id is \(id).", "Ihre Anforderungs-ID lautet \(id).", "L’ID de votre demande est \(id).")
    }

    func disposition(_ message: String) -> String {
        pick(
            "The disposition message is \"\(message)\".", "Die Dispositionsmeldung lautet \"\(message)\".",
            "Le message de disposition est « \(message) ».")
    }

    private func pick(_ english: String, _ german: String, _ french: String) -> String {
        switch self {
        case .english: english
        case .german: german
        case .french: french
        }
    }
}
