//! Inventories as people write them, right and wrong.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use scanfleet::files::{SecretRef, SourceFile};
use scanfleet::inventory::{Inventory, Selection};
use scanfleet::playbook::Playbook;
use scanfleet_sdk::transport::{Scheme, TlsProfile};

fn csv(text: &str) -> Result<Inventory, String> {
    picture(Inventory::from_csv(&SourceFile::from_text("fleet/inventory.csv", text)))
}

fn yaml(text: &str) -> Result<Inventory, String> {
    picture(Inventory::from_yaml(&SourceFile::from_text("fleet/inventory.yaml", text)))
}

fn picture(read: Result<Inventory, scanfleet::files::FileError>) -> Result<Inventory, String> {
    read.map_err(|error| {
        let picture = error.render(false, 120);
        assert!(!picture.contains("hunter2") && !error.to_string().contains("hunter2"), "{picture}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        picture
    })
}

fn names(inventory: &Inventory, selection: &str) -> Result<Vec<String>, String> {
    let selection = Selection::parse(&[selection.to_owned()]).map_err(|e| e.message)?;
    let devices = inventory
        .select(&selection)
        .map_err(|e| format!("{} ({})", e.message, e.help.unwrap_or_default()))?;
    Ok(devices.into_iter().map(|device| device.name.clone()).collect())
}

const FLEET: &str = "\
defaults: { admin_user: admin, admin_secret: fleet/admin, vendor: Ricoh }
sites:
  north: { mx: mx-north.example.org, subnets: [10.1.90.0/24, 10.1.0.0/16], admin_secret: { secret: north/admin } }
  south:
    tls: legacy
    subnet: 10.2.0.0/16
devices:
  - { name: north-1, address: 10.1.90.11, site: north, model: IM C3000, serial: 0123, location: Ward 3, color: yes }
  - { name: north-2, address: 'https://10.1.91.12:8443', site: North, tags: [color, floor=2] }
  - { name: south-1, address: copier.south.example.org, site: south, vendor: xerox, admin_secret: 'env:SOUTH' }
  - { address: 192.168.7.20, tags: { floor: 2 } }
";

#[test]
fn yaml_with_defaults_and_sites() {
    let fleet = yaml(FLEET).unwrap();
    let [one, two, three, four] = fleet.devices.as_slice() else { panic!("{fleet:?}") };
    assert_eq!(one.serial.as_deref(), Some("0123"));
    assert_eq!(one.vendor.as_deref(), Some("ricoh"));
    assert_eq!(one.admin_user.as_deref(), Some("admin"));
    assert_eq!(one.admin_secret, Some(SecretRef::Keyring("north/admin".into())));
    assert_eq!(one.subnet, "10.1.90.0/24");
    assert_eq!(one.tags["color"], "yes");
    assert_eq!(one.place.line, 8);
    assert_eq!(two.subnet, "10.1.0.0/16");
    assert_eq!(two.site.as_deref(), Some("north"));
    assert_eq!((two.endpoint.scheme, two.endpoint.port), (Some(Scheme::Https), Some(8443)));
    assert_eq!((two.tags["color"].as_str(), two.tags["floor"].as_str()), ("", "2"));
    assert_eq!(three.subnet, "10.2.0.0/16");
    assert_eq!(three.tls, TlsProfile::Legacy);
    assert_eq!(three.admin_secret, Some(SecretRef::Env("SOUTH".into())));
    assert_eq!((four.name.as_str(), four.subnet.as_str()), ("192.168.7.20", "192.168.7.0/24"));
    assert_eq!(four.admin_secret, Some(SecretRef::Keyring("fleet/admin".into())));
    assert_eq!(fleet.site_of(one).unwrap().fields["mx"], "mx-north.example.org");
    assert!(fleet.site_of(four).is_none());
    let subnets: Vec<_> = fleet.subnets().into_iter().map(|(net, devices)| (net, devices.len())).collect();
    let expected = [("10.1.0.0/16", 1), ("10.1.90.0/24", 1), ("10.2.0.0/16", 1), ("192.168.7.0/24", 1)];
    assert_eq!(subnets, expected.map(|(net, count)| (net.to_owned(), count)));
}

#[test]
fn yaml_in_its_other_shapes() {
    let fleet =
        yaml("devices:\n  north-1: 10.0.0.1\n  north-2:\n    ip: 10.0.0.2\n    hostname: h2\n").unwrap();
    assert_eq!(fleet.devices[0].name, "north-1");
    assert_eq!(fleet.devices[1].address, "10.0.0.2");
    let fleet = yaml("- 10.0.0.1\n- address: copier\n").unwrap();
    assert_eq!((fleet.devices[1].name.as_str(), fleet.devices[1].subnet.as_str()), ("copier", "unknown"));
    let fleet =
        yaml("{\"devices\": [{\"address\": \"10.0.0.1\", \"admin_secret\": \"file:admin.txt\"}]}").unwrap();
    assert_eq!(fleet.devices[0].admin_secret, Some(SecretRef::File(Path::new("fleet/admin.txt").into())));
}

#[test]
fn selections() {
    let fleet = yaml(FLEET).unwrap();
    for (selection, expected) in [
        ("", vec!["north-1", "north-2", "south-1", "192.168.7.20"]),
        ("north-1", vec!["north-1"]),
        ("SOUTH-1 north-1", vec!["north-1", "south-1"]),
        ("north-*", vec!["north-1", "north-2"]),
        ("vendor=RICOH", vec!["north-1", "north-2", "192.168.7.20"]),
        ("site=north,south", vec!["north-1", "north-2", "south-1"]),
        ("site=north model='IM C*'", vec!["north-1"]),
        ("site=", vec!["192.168.7.20"]),
        ("subnet=10.1.90.0/24", vec!["north-1"]),
        ("subnet=10.0.0.0/8", vec!["north-1", "north-2", "south-1"]),
        ("ip=192.168.7.*", vec!["192.168.7.20"]),
        ("address=10.1.0.0/16", vec!["north-1", "north-2"]),
        ("tag=color", vec!["north-1", "north-2"]),
        ("tag=floor=2", vec!["north-2", "192.168.7.20"]),
        ("floor=2 tag=color", vec!["north-2"]),
        ("mx=*north*", vec!["north-1", "north-2"]),
        ("Serial-Number=0123", vec!["north-1"]),
        ("tls=legacy", vec!["south-1"]),
        ("location=\"ward 3\"", vec!["north-1"]),
    ] {
        assert_eq!(
            names(&fleet, selection),
            Ok(expected.into_iter().map(str::to_owned).collect()),
            "{selection}"
        );
    }
    for (selection, expected) in [
        ("north-9", "there is no device `north-9` (did you mean `north-1`?)"),
        ("modle=x", "unknown key `modle` in the selection (did you mean `model`?"),
        ("site=nroth", "there is no site `nroth` (did you mean `north`?)"),
        ("site=north,sooth", "there is no site `sooth`"),
        ("vendor=rico", "unknown vendor `rico` in the selection (did you mean `ricoh`?)"),
        ("vendor=brother", "no device matches `vendor=brother` (`vendor` is `ricoh` and `xerox`)"),
        ("site=south vendor=ricoh", "each term alone matches, and all together none"),
        ("subnet=10.9.0.0/16", "no device matches"),
    ] {
        let said = names(&fleet, selection).unwrap_err();
        assert!(said.contains(expected), "{selection}: {said}");
    }
}

#[test]
fn a_selection_shows_as_it_was_written() {
    let selection = Selection::parse(&["site=north".into(), "vendor=ricoh".into()]).unwrap();
    assert_eq!(selection.to_string(), "site=north vendor=ricoh");
    assert_eq!(Selection::default().to_string(), "all devices");
}

#[test]
fn csv_as_people_write_it() {
    let text = "\
Copiers of the north clinic;;;;;;
;;;;;;
Device Name;IP Address;Hostname;Room;S/N;Building;Admin Password
Reception;10.1.90.11;mfp11;\"Hall; left\";00123;A;keyring:north/admin
;;;;;;
;10.1.90.12;-;;;B;env:ADMIN
Total: 2;;;;;;
";
    let fleet = csv(text).unwrap();
    let [one, two] = fleet.devices.as_slice() else { panic!("{fleet:?}") };
    assert_eq!((one.name.as_str(), one.location.as_deref()), ("Reception", Some("Hall; left")));
    assert_eq!(one.serial.as_deref(), Some("00123"));
    assert_eq!((one.tags["building"].as_str(), one.tags["hostname"].as_str()), ("A", "mfp11"));
    assert_eq!(one.place.line, 4);
    assert_eq!(two.name, "10.1.90.12");
    assert!(!two.tags.contains_key("hostname"));
    assert_eq!(two.admin_secret, Some(SecretRef::Env("ADMIN".into())));
    assert!(fleet.notes.iter().any(|note| note.contains("line 7")), "{:?}", fleet.notes);

    let fleet = csv("hostname\tip\nmfp1\t10.0.0.1\n").unwrap();
    assert_eq!((fleet.devices[0].name.as_str(), fleet.devices[0].address.as_str()), ("mfp1", "10.0.0.1"));
    let fleet =
        csv("address,subnet\n10.0.0.1,255.255.0.0\n10.9.0.1,VLAN 12\n127.0.0.1:8001,\n127.0.0.1:8002,\n")
            .unwrap();
    let subnets: Vec<_> = fleet.devices.iter().map(|d| d.subnet.as_str()).collect();
    assert_eq!(subnets, ["10.0.0.0/16", "VLAN 12", "127.0.0.0/24", "127.0.0.0/24"]);
    assert_eq!(fleet.devices[3].name, "127.0.0.1:8002");
    let fleet = csv("ip;tags\na;color floor=2\nb;'x y, z'\nc;host=a b,\n").unwrap();
    let tags: Vec<Vec<_>> =
        fleet.devices.iter().map(|d| d.tags.keys().map(String::as_str).collect()).collect();
    assert_eq!(tags, [vec!["color", "floor"], vec!["x_y", "z"], vec!["host"]]);
    same(&fleet, &csv(&fleet.to_csv()).unwrap());
    let dirty = csv("address,location\n10.0.0.1,\"a\u{1b}[31m\u{202e}b\"\n").unwrap();
    assert_eq!(dirty.devices[0].location.as_deref(), Some("a[31mb"));
}

#[test]
fn csv_in_its_encodings() {
    let text = "address,location\r\n10.0.0.1,Küche\r\n";
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [text.as_bytes(), &utf16, &latin, &marked] {
        let fleet = Inventory::from_csv(&SourceFile::tolerant(Path::new("x.csv"), bytes)).unwrap();
        assert_eq!(fleet.devices[0].location.as_deref(), Some("Küche"));
    }
}

/// What is wrong, and what the picture must hold.
#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, expected) in [
        (
            "address\n10.0.0.1\n10.0.0.2\nhttp://10.0.0.1:80/\n",
            vec![":4:1", "is the same as that of `10.0.0.1` on line 2"],
        ),
        (
            "name,address\na,10.0.0.1\nA,10.0.0.2\n",
            vec![":3:1", "the name `A` is already that of 10.0.0.1 on line 2"],
        ),
        ("address,vendor\n10.0.0.1,Rico\n", vec![":2:10", "unknown vendor `Rico`", "did you mean `ricoh`?"]),
        ("address,make\n10.0.0.1,Canon\n", vec![":2:10", "`ricoh`, `xerox` and `brother`"]),
        (
            "name,room,serial\nx,y,z\n",
            vec!["no column with addresses; the columns found are `name`, `room` and `serial`"],
        ),
        ("address,name\n,reception\n10.0.0.1,x\n,y\n", vec![]),
        ("address,name,room\n,reception,hall\n", vec![":2:2", "the device `reception` has no address"]),
        ("", vec!["the file is empty"]),
        ("\n\n  \n", vec!["the file is empty"]),
        ("address\n", vec!["the inventory holds no device"]),
        ("address\n10.0.0\n", vec![":2:1", "neither a host name nor an IP address"]),
        (
            "address\nhttps://admin:hunter2@10.0.0.1\n",
            vec![":2:1", "the address holds a user name or a password"],
        ),
        (
            "address,admin_secret\n10.0.0.1,my hunter2\n",
            vec![":2:10", "not a reference to a secret", "secret set", "*******"],
        ),
        (
            "address,password\n10.0.0.1,hunter2\n10.0.0.2,hunter2\n",
            vec![":2:10", ":3:10", "a password must not stand in"],
        ),
        ("address,Admin Pass,vendor\n10.0.0.1,hunter2,x\n", vec![":2:18", "unknown vendor"]),
        ("address,tls\n10.0.0.1,legcy\n", vec!["unknown TLS profile `legcy`", "did you mean `legacy`?"]),
        ("address,subnet\n10.0.0.1,10.0.0.0/99\n", vec!["`10.0.0.0/99` is no subnet"]),
        ("address,serial,S/N\n10.0.0.1,1,2\n", vec![]),
        ("address,address\n10.0.0.1,10.0.0.2\n", vec!["two columns are called `address`"]),
    ] {
        match csv(text) {
            Ok(_) => assert!(expected.is_empty(), "{text:?} was accepted"),
            Err(said) => {
                assert!(!expected.is_empty(), "{text:?}: {said}");
                expected
                    .iter()
                    .for_each(|part| assert!(said.contains(part), "{text:?}: no {part} in\n{said}"));
            }
        }
    }
    for (text, expected) in [
        ("devices:\n  - address: 10.0.0.1\n    admin_secret: my hunter2\n", vec![":3:19", "not a reference"]),
        (
            "devices:\n  - address: 10.0.0.1\n    password: hunter2\n",
            vec![":3:15", "a password must not stand in"],
        ),
        (
            "devices:\n  - address: 10.0.0.1\n    snmp_password: hunter2\n",
            vec![":3:5", "looks like a secret"],
        ),
        (
            "defaults: { admin_secret: [hunter2] }\ndevices: [10.0.0.1]\n",
            vec!["`admin_secret` is a text, found a list"],
        ),
        ("defaults: { adress: x }\ndevices: [10.0.0.1]\n", vec!["unknown key `adress` in `defaults`"]),
        ("device: []\n", vec!["unknown key `device`", "did you mean `devices`?"]),
        (
            "sites: { north: }\ndevices: [{ address: a, site: nroth }]\n",
            vec!["unknown site `nroth`", "did you mean `north`?"],
        ),
        ("devices:\n  - name: x\n    adress: 10.0.0.1\n", vec![":2:5", "the device `x` has no address"]),
        (
            "devices:\n  - { address: a, vendor: hp }\n  - { address: A }\n",
            vec!["unknown vendor `hp`", "same as that of `a` on line 2"],
        ),
        ("devices: [{ ip: 10.0.0.1, address: 10.0.0.2 }]\n", vec!["`address` is given twice"]),
        ("sites: [north, North]\ndevices: [a]\n", vec!["the site `North` is also on line 1"]),
        ("devices: []\n", vec!["holds no device"]),
    ] {
        let said = yaml(text).map(|_| ()).expect_err(text);
        expected.iter().for_each(|part| assert!(said.contains(part), "{text:?}: no {part} in\n{said}"));
    }
}

#[test]
fn ten_thousand_rows() {
    let mut text = String::from("name,address,site,vendor,building\n");
    let mut document = String::from("devices:\n");
    for n in 0..10_000 {
        let address = format!("10.{}.{}.{}", n / 2500, n / 50 % 50, n % 50 + 1);
        text += &format!("d{n},{address},site {},Ricoh,{}\n", n % 7, n % 3);
        document += &format!("  - {{ name: d{n}, address: {address}, site: s{}, vendor: Ricoh }}\n", n % 7);
    }
    let fleet = csv(&text).unwrap();
    assert_eq!((fleet.devices.len(), fleet.sites.len(), fleet.subnets().len()), (10_000, 7, 200));
    assert_eq!(names(&fleet, "subnet=10.3.0.0/16 building=2").unwrap().len(), 833);
    assert_eq!(yaml(&document).unwrap().devices.len(), 10_000);
    // Ten thousand mistakes are told by the first of them.
    let said = csv(&text.replace("Ricoh", "Rico")).unwrap_err();
    assert!(said.len() < 20_000 && said.contains("9980 more problems"), "{said}");
}

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn save(book: &mut rust_xlsxwriter::Workbook, dir: &Path) -> PathBuf {
    let path = dir.join("inventory.xlsx");
    book.save(&path).unwrap();
    path
}

#[test]
fn a_spreadsheet_with_merged_heads_and_empty_rows() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let (dir, plain) = (scratch(), Format::new());
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("Notes")
        .unwrap()
        .write_string(0, 0, "Ask Kim before changing anything")
        .unwrap();
    let sheet = book.add_worksheet().set_name("Copiers").unwrap();
    sheet.merge_range(0, 0, 0, 7, "Copiers of the region, 2026", &plain).unwrap();
    // Two rows of heads: groups over columns, and single heads over both rows.
    sheet.merge_range(2, 0, 3, 0, "Site", &plain).unwrap();
    sheet.merge_range(2, 1, 2, 2, "Network", &plain).unwrap();
    sheet.merge_range(2, 3, 3, 4, "Location", &plain).unwrap();
    sheet.merge_range(2, 5, 3, 5, "Serial Number", &plain).unwrap();
    sheet.write_string(3, 1, "IP Address").unwrap();
    sheet.write_string(3, 2, "VLAN").unwrap();
    sheet.write_string(3, 6, "Installed").unwrap();
    sheet.write_string(3, 7, "Counter").unwrap();
    // One site over three rows, an empty row among them.
    sheet.merge_range(5, 0, 8, 0, "North", &plain).unwrap();
    for (row, address, room, serial) in [(5, "10.1.90.11", "3", 12345.0), (6, "10.1.90.12", "4", 67890.0)] {
        sheet.write_string(row, 1, address).unwrap();
        sheet.write_string(row, 3, "House A").unwrap();
        sheet.write_string(row, 4, room).unwrap();
        sheet.write_number(row, 5, serial).unwrap();
    }
    let date = ExcelDateTime::from_ymd(2024, 2, 29).unwrap();
    sheet.write_datetime_with_format(5, 6, date, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    sheet.write_number(5, 7, 10.5).unwrap();
    sheet.write_string(8, 1, "http://10.1.90.13").unwrap();
    sheet.write_string(8, 2, "VLAN 7").unwrap();
    sheet.write_string(8, 5, "X0099").unwrap();
    // A stray cell far away costs nothing.
    sheet.write_string(60_000, 200, " ").unwrap();

    let fleet = picture(Inventory::load(&save(&mut book, dir.path()))).unwrap();
    let [one, two, three] = fleet.devices.as_slice() else { panic!("{fleet:?}") };
    assert_eq!(one.serial.as_deref(), Some("12345"));
    assert_eq!(one.location.as_deref(), Some("House A, 3"));
    assert_eq!((one.tags["installed"].as_str(), one.tags["counter"].as_str()), ("2024-02-29", "10.5"));
    assert_eq!(two.location.as_deref(), Some("House A, 4"));
    assert!(fleet.devices.iter().all(|device| device.site.as_deref() == Some("North")));
    assert_eq!((three.subnet.as_str(), three.serial.as_deref()), ("VLAN 7", Some("X0099")));
    assert_eq!(three.place.to_string(), "sheet `Copiers`, row 9");
}

#[test]
fn wrong_spreadsheets_name_sheet_and_row() {
    use rust_xlsxwriter::Workbook;
    let dir = scratch();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [["IP", "Make"], ["10.0.0.1", "Ricoh"], ["10.0.0.2", "Rico"], ["10.0.0.1", "Ricoh"]]
        .iter()
        .enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write_string(row as u32, column as u16, *cell).unwrap();
        }
    }
    let said = picture(Inventory::load(&save(&mut book, dir.path()))).unwrap_err();
    assert!(said.contains("inventory.xlsx:3:2") && said.contains("did you mean `ricoh`?"), "{said}");
    assert!(said.contains("inventory.xlsx:4") && said.contains("on sheet `Sheet1`, row 2"), "{said}");

    let mut book = Workbook::new();
    book.add_worksheet().write_string(2, 1, "Room").unwrap();
    let said = picture(Inventory::load(&save(&mut book, dir.path()))).unwrap_err();
    assert!(
        said.contains("the sheet `Sheet1` has no column with addresses; the columns found are `Room`"),
        "{said}"
    );

    let mut book = Workbook::new();
    book.add_worksheet();
    assert!(picture(Inventory::load(&save(&mut book, dir.path()))).unwrap_err().contains("is empty"));

    let path = dir.path().join("broken.xlsx");
    fs::write(&path, b"PK\x03\x04 and then nothing").unwrap();
    assert!(picture(Inventory::load(&path)).unwrap_err().contains("no spreadsheet that can be read"));
}

#[test]
fn the_one_inventory_of_a_workspace() {
    let dir = scratch();
    let said = Inventory::find(dir.path()).unwrap_err().to_string();
    assert!(said.contains("there is no inventory here") && said.contains("--inventory"), "{said}");
    fs::write(dir.path().join("inventory.csv"), "address\n10.0.0.1\n").unwrap();
    let found = Inventory::find(dir.path()).unwrap();
    assert_eq!(Inventory::load(&found).unwrap().devices.len(), 1);
    fs::write(dir.path().join("inventory.yaml"), "").unwrap();
    let said = Inventory::find(dir.path()).unwrap_err().to_string();
    assert!(said.contains("several inventories here: `inventory.yaml` and `inventory.csv`"), "{said}");
    for (name, expected) in
        [("x.xls", "save it as .xlsx"), ("x", "suffix"), ("missing.csv", "cannot be read")]
    {
        let path = dir.path().join(name);
        if name != "missing.csv" {
            fs::write(&path, "x").unwrap();
        }
        let said = Inventory::load(&path).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }
}

fn same(left: &Inventory, right: &Inventory) {
    let plain = |fleet: &Inventory| {
        let mut devices = fleet.devices.clone();
        devices.iter_mut().for_each(|device| device.place = Default::default());
        devices
    };
    assert_eq!(plain(left), plain(right));
}

#[test]
fn what_is_written_reads_back_equal() {
    let fleet = yaml(FLEET).unwrap();
    same(&fleet, &yaml(&fleet.to_yaml()).unwrap());
    same(&fleet, &csv(&fleet.to_csv()).unwrap());
    assert_eq!(yaml(&fleet.to_yaml()).unwrap().sites, fleet.sites);

    let fleet = csv("address,location,note\n10.0.0.1,=cmd|'/c calc'!A1,@x\n10.0.0.2,\"a \"\"b\"\", c\",-1\n")
        .unwrap();
    let written = fleet.to_csv();
    assert!(written.contains("'=cmd") && written.contains("'@x") && written.contains("'-1"), "{written}");
    same(&fleet, &csv(&written).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_a_reader_panic(text in "(?s).{0,300}", width in 0usize..300) {
        let source = SourceFile::from_text("x", text);
        for error in [Inventory::from_yaml(&source).err(), Inventory::from_csv(&source).err(), Playbook::read(source).err()]
            .into_iter()
            .flatten()
        {
            let drawn = error.render(false, width);
            prop_assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'), "{drawn:?}");
            error.render(true, width);
        }
    }

    #[test]
    fn no_near_yaml_makes_a_reader_panic(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "plays:", "devices:", "sites:", "vars:", "smtp:", "auth:", "password:", "name:", "address:", "target:",
                "server:", "port:", "\n", "\n  ", "\n    ", "\n- ", "- ", " ", "{", "}", "[", "]", ",", ": ", "'", "\"",
                "|", ">", "&a ", "*a", "!t ", "#", "é", "日", "\t", "\r\n", "~", "0123", "10.0.0.1", "{{ x }}", "{% if",
                "secret", "none", "site=north", "\u{feff}", "---", "...", "? ", "%YAML 1.2",
            ]),
            0..60,
        ),
    ) {
        let source = SourceFile::from_text("x", parts.concat());
        for error in [Inventory::from_yaml(&source).err(), Inventory::from_csv(&source).err(), Playbook::read(source).err()]
            .into_iter()
            .flatten()
        {
            error.render(false, 100);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let path = Path::new("x");
        let _ = Inventory::from_csv(&SourceFile::tolerant(path, &bytes));
        if let Ok(source) = SourceFile::utf8(path, bytes) {
            let _ = Inventory::from_yaml(&source);
        }
    }

    #[test]
    fn no_selection_panics(text in "[ -~é\"'=,*]{0,40}") {
        let fleet = yaml(FLEET).unwrap();
        if let Ok(selection) = Selection::parse(&[text]) {
            let _ = fleet.select(&selection);
        }
    }

    /// Whatever a person writes into cells, the canonical forms keep it.
    #[test]
    fn canonical_forms_keep_every_value(
        location in "[ -~é日]{0,20}",
        model in "[=+@-][ -~]{0,10}",
        note in "[ -~]{1,20}",
        flag in "[a-z]{3,8}",
    ) {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let text = format!(
            "devices:\n  - address: 10.0.0.1\n    location: {}\n    model: {}\n    tags: {{ xnote: {}, x{flag}: }}\n",
            quoted(&location), quoted(&model), quoted(&note),
        );
        let fleet = yaml(&text).unwrap();
        same(&fleet, &yaml(&fleet.to_yaml()).unwrap());
        if location.trim() != "-" && !["n/a", "N/A", "#N/A"].contains(&location.trim())
            && !["-", "n/a", "N/A", "#N/A"].contains(&note.trim()) && model.trim() != "-" {
            same(&fleet, &csv(&fleet.to_csv()).unwrap());
        }
    }
}
