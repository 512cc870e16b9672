// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import XMLDocuments

/// Writes the WSDL 1.1 document of a contract, with one port for each version of SOAP.
struct WSDL {
    let contract: SOAPContract
    let address: String
    private let writer = XMLWriter(indentation: 1)

    init(contract: SOAPContract, address: String) {
        self.contract = contract
        self.address = address
    }

    func bytes() throws -> [UInt8] {
        writer.start("wsdl:definitions")
        writer.declare("wsdl", "http://schemas.xmlsoap.org/wsdl/")
        writer.declare("xs", "http://www.w3.org/2001/XMLSchema")
        writer.declare("t", contract.namespace)
        for version in contract.versions { writer.declare(prefix(version), version.bindingNamespace) }
        writer.attribute("name", contract.service)
        writer.attribute("targetNamespace", contract.namespace)
        writer.element("wsdl:types") { _ in schema() }
        for operation in contract.operations {
            message(operation.name, element: operation.name)
            message(operation.name + "Response", element: operation.name + "Response")
        }
        for fault in contract.faults { message(fault.name, element: fault.name) }
        writer.element("wsdl:portType", ["name": contract.port]) { _ in
            for operation in contract.operations { portOperation(operation) }
        }
        for version in contract.versions { binding(version) }
        writer.element("wsdl:service", ["name": contract.service]) { _ in
            for version in contract.versions {
                writer.element("wsdl:port", ["name": portName(version), "binding": "t:\(bindingName(version))"]) {
                    $0.element("\(prefix(version)):address", ["location": address])
                }
            }
        }
        return try writer.finish()
    }

    private func schema() {
        let form = contract.isQualified ? "qualified" : "unqualified"
        writer.element("xs:schema", ["targetNamespace": contract.namespace, "elementFormDefault": form]) { _ in
            for (name, words) in contract.enumerations.sorted(by: { $0.key < $1.key }) {
                writer.element("xs:simpleType", ["name": name]) {
                    $0.element("xs:restriction", ["base": "xs:string"]) {
                        for word in words { $0.element("xs:enumeration", ["value": word]) }
                    }
                }
            }
            for type in contract.types { complexType(type.fields, name: type.name) }
            for operation in contract.operations {
                element(operation.name, operation.input)
                element(operation.name + "Response", operation.output)
            }
            for fault in contract.faults { element(fault.name, fault.fields) }
        }
    }

    private func element(_ name: String, _ fields: [SOAPField]) {
        writer.element("xs:element", ["name": name]) { _ in complexType(fields, name: nil) }
    }

    private func complexType(_ fields: [SOAPField], name: String?) {
        writer.start("xs:complexType")
        if let name { writer.attribute("name", name) }
        writer.element("xs:sequence") { _ in
            for field in fields {
                guard field.options.count > 1 else {
                    particle(field.options[0], field)
                    continue
                }
                writer.element("xs:choice") { _ in
                    for option in field.options { particle(option, nil) }
                }
            }
        }
        writer.end()
    }

    private func particle(_ option: SOAPField.Option, _ field: SOAPField?) {
        let isOfContract = contract.fields(ofType: option.type) != nil || contract.enumerations[option.type] != nil
        writer.start("xs:element")
        writer.attribute("name", option.name)
        writer.attribute("type", (isOfContract ? "t:" : "xs:") + option.type)
        if let field, field.minimum == 0 { writer.attribute("minOccurs", "0") }
        if let field, field.maximum == nil { writer.attribute("maxOccurs", "unbounded") }
        writer.end()
    }

    private func message(_ name: String, element: String) {
        writer.element("wsdl:message", ["name": name]) {
            $0.element("wsdl:part", ["name": "parameters", "element": "t:\(element)"])
        }
    }

    private func portOperation(_ operation: SOAPContract.Operation) {
        writer.element("wsdl:operation", ["name": operation.name]) {
            $0.element("wsdl:input", ["message": "t:\(operation.name)"])
            $0.element("wsdl:output", ["message": "t:\(operation.name)Response"])
            for fault in contract.faults {
                $0.element("wsdl:fault", ["name": fault.name, "message": "t:\(fault.name)"])
            }
        }
    }

    private func binding(_ version: SOAPVersion) {
        let soap = prefix(version)
        writer.element("wsdl:binding", ["name": bindingName(version), "type": "t:\(contract.port)"]) {
            $0.element(
                "\(soap):binding", ["style": "document", "transport": "http://schemas.xmlsoap.org/soap/http"])
            for operation in contract.operations {
                $0.element("wsdl:operation", ["name": operation.name]) {
                    $0.element("\(soap):operation", ["soapAction": contract.action(of: operation.name)])
                    $0.element("wsdl:input") { $0.element("\(soap):body", ["use": "literal"]) }
                    $0.element("wsdl:output") { $0.element("\(soap):body", ["use": "literal"]) }
                    for fault in contract.faults {
                        $0.element("wsdl:fault", ["name": fault.name]) {
                            $0.element("\(soap):fault", ["name": fault.name, "use": "literal"])
                        }
                    }
                }
            }
        }
    }

    private func prefix(_ version: SOAPVersion) -> String { version == .v11 ? "s11" : "s12" }
    private func bindingName(_ version: SOAPVersion) -> String { version == .v11 ? "Soap11" : "Soap12" }
    private func portName(_ version: SOAPVersion) -> String {
        contract.versions.count == 1 ? contract.port + "Port" : bindingName(version) + "Port"
    }
}
