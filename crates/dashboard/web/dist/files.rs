[
    built!("assets/Campaigns-B8m3-tZE.css", "c5ed5d0826922bf2"),
    built!("assets/Campaigns-DsMvc8nq.js", "bb35401e5a96843b"),
    built!("assets/index-BQuq-bQm.css", "af55da09da97dc41"),
    built!("assets/index-Ci6Aj_BV.js", "9e7f70a68b51c7eb"),
    built!("icon.svg", "ac758c358a84ca80"),
    built!("index.html", "8ca89d7d346cd574"),
]
